import { startPath } from '../../core/course/public-pages.ts'
import { formatList } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import { MAX_READING_WORD_LENGTH, MIN_READING_WORD_LENGTH } from '../../core/security/reading-word.ts'
import type { Words } from '../../core/words.ts'
import type { LearnerSettings, SettingsView } from '../../flow/views.ts'
import { changeAddressLink } from '../learner/address-view.ts'
import { recoverySettings } from '../learner/recovery-view.ts'
import { describeNext } from '../page/day-list.ts'
import { describedBy, errorSummary, type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, marked, on } from '../page/html.ts'
import { libraryFormOf } from '../page/library-form.ts'
import { type Page, page } from '../page/page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { linkForm } from '../security/neutral-page.ts'
import { hourOptions } from '../sign-up/hour-options.ts'
import { languageField } from '../sign-up/language-field.ts'
import { paceField } from '../sign-up/pace-field.ts'
import { reminderField } from '../sign-up/reminder-field.ts'
import { quiet } from '../sign-up/sign-up-form.ts'
import { timeZoneOptions } from '../sign-up/time-zone-options.ts'
import { pauseForm } from './pause-view.ts'

export interface SettingsForm {
  readonly typed: Omit<LearnerSettings, 'hour' | 'pace' | 'reminderHour'> & {
    readonly hour: string
    readonly pace: string
    readonly reminder: string
  }
  readonly faults: Readonly<Record<string, string>>
  readonly saved: boolean
}

/** Everything a learner can change about future lessons. */
export function settingsPage(site: Site, view: SettingsView, form: SettingsForm): Page {
  const { typed, faults, saved } = form
  const { course, token } = view
  const words = wordsOf(site, course)
  return page({
    title: words.say('enrolment.settings.title'),
    isError: Object.keys(faults).length > 0,
    course,
    discreet: view.discreet,
    libraryForm: libraryFormOf(course, token),
    footerLinks: [{ href: paths.stop(view.stopToken), label: words.say('enrolment.settings.stop') }],
    main: html`<form class="card form narrow" method="post" action="${paths.settings(token)}">
<h1>${words.say('enrolment.settings.title')}</h1>
${errorSummary(words, faults, ['name', 'hour', 'timeZone', 'pace', 'reminder', 'until', 'track', 'overlays'])}
<p role="status" class="${saved ? 'notice' : 'away'}">${saved && words.say('enrolment.settings.saved')} ${describeNext(words, view.week, site.ports.clock.now())}</p>
<input type="hidden" name="all" value="1">
${view.isOwn && nameField(words, typed.name, faults)}
<div class="field">
<label for="hour">${words.say('sign-up.form.hour')}</label>
${fieldError(words, 'hour', faults)}
<select id="hour" name="hour"${invalidAttributes('hour', faults)}>${hourOptions(words, typed.hour)}</select>
</div>
<div class="field">
<label for="timeZone">${words.say('sign-up.form.zone')}</label>
${fieldError(words, 'timeZone', faults)}
<select id="timeZone" name="timeZone"${invalidAttributes('timeZone', faults)}>${timeZoneOptions(words, typed.timeZone)}</select>
</div>
${paceField(words, typed.pace, faults)}
${!view.settings.webOnly && reminderField(words, typed.reminder, faults)}
${languageField(words, view.course, typed.language, faults)}
${view.isFresh ? html`<input type="hidden" name="own" value="1">${courseVersionFields(words, site, view, form)}` : courseVersionSummary(words, site, view)}
<fieldset class="field ticks">
<legend>${words.say('enrolment.settings.emails')}</legend>
${(view.course.care.includes('discreet') || view.settings.discreet) && tick('discreet', typed.discreet, words.say('sign-up.form.discreet'), words.say('sign-up.form.discreet-hint'))}
${shortEmails(words, view, form)}
${tick('webOnly', typed.webOnly, words.say('sign-up.form.web-only'), words.say('enrolment.settings.web-only-hint'))}
${view.hasCheckIns && tick('checkIns', typed.checkIns, words.say('enrolment.settings.check-ins'), words.say('enrolment.settings.check-ins-hint'))}
</fieldset>
<p class="button-row"><button class="button" type="submit">${words.say('enrolment.settings.save')}</button> <a class="button button-secondary" href="${paths.lesson(token)}">${words.say('enrolment.back')}</a></p>
<p class="quiet">${words.say('enrolment.settings.from-next')}</p>
</form>
${pauseSection(words, view, faults)}
${recoverySettings(words, view)}
${ownSessionSettings(words, view, faults)}
<section class="card narrow soft" aria-labelledby="take">
<h2 id="take">${words.say('take.title')}</h2>
<p>${words.say('take.settings')}</p>
<p><a class="button button-secondary" href="${paths.take(token)}">${words.say('take.title')}</a></p>
</section>
<section class="card narrow soft" aria-labelledby="delete-all">
<h2 id="delete-all">${words.say('enrolment.delete-everything')}</h2>
<p>${words.say('enrolment.settings.delete-what')}</p>
<p><a class="button button-secondary button-destructive" href="${paths.erase(view.stopToken)}">${words.say('enrolment.delete-everything')}</a></p>
</section>`,
  })
}

/** As in the sign-up form. */
function nameField(words: Words, name: string, faults: FieldErrors): Html {
  return html`<div class="field">
<label for="name">${marked(words.say('sign-up.form.name'), { quiet })}</label>
${fieldError(words, 'name', faults)}
<input id="name" name="name" autocomplete="given-name" maxlength="40" value="${name}"${invalidAttributes('name', faults)}>
</div>`
}

/** Not offered once the course has ended or was stopped. */
function pauseSection(
  words: Words,
  { pauseDates, week, settings, token }: SettingsView,
  faults: FieldErrors,
): Html | null {
  if (pauseDates === null) return null
  const isPaused = week.state === 'paused'
  return html`<section class="card form narrow" aria-labelledby="pause">
<h2 id="pause">${words.say('pause.heading')}</h2>
<p>${words.say(settings.webOnly ? 'pause.body-web-only' : 'pause.body')}</p>
${isPaused && html`<form method="post" action="${paths.endPause(token)}"><p><button class="button" type="submit">${words.say('pause.go-on')}</button></p></form>`}
${pauseForm(words, { action: paths.pause(token), dates: pauseDates, isPaused, faults })}
</section>`
}

/**
 * Anybody may tick the box; unticking requires a fresh session of the learner's own, so others see that it is on,
 * without a box.
 */
function shortEmails(words: Words, { settings, isFresh }: SettingsView, { typed, faults }: SettingsForm): Html {
  const hint = words.say('sign-up.form.short-hint')
  if (settings.shortEmails && !isFresh)
    return html`<p class="tick-text">${marked(words.say('enrolment.settings.short-on'), { b })} ${quiet(hint)}</p>`
  return html`${fieldError(words, 'shortEmails', faults)}${tick('shortEmails', typed.shortEmails, words.say('sign-up.form.short'), hint)}`
}

/** Settings that need a fresh session of one's own; everybody without one sees the same text. */
function ownSessionSettings(words: Words, view: SettingsView, faults: SettingsForm['faults']): Html {
  if (view.isFresh) return html`${readingWord(words, view, faults)}\n${changeAddressLink(words, view.token)}`
  return html`<section class="card narrow soft" aria-labelledby="more-settings">
<h2 id="more-settings">${words.say('enrolment.settings.more')}</h2>
<p>${words.say('enrolment.settings.more-body')}</p>
${view.settings.webOnly ? html`<p class="quiet">${marked(words.say('enrolment.settings.no-email'), { link: (text) => html`<a href="${paths.lostLink()}">${text}</a>` })}</p>` : linkForm(words, view.token, 'settings', words.say('enrolment.send-link'))}
</section>`
}

/** Optional, for people who share an inbox. */
function readingWord(words: Words, { token, hasReadingWord }: SettingsView, faults: SettingsForm['faults']): Html {
  const lengths = { min: MIN_READING_WORD_LENGTH, max: MAX_READING_WORD_LENGTH }
  const label = words.say(
    hasReadingWord ? 'enrolment.settings.word-field-new' : 'enrolment.settings.word-field',
    lengths,
  )
  return html`<form class="card form narrow" id="reading-word" method="post" action="${paths.readingWord(token)}" autocomplete="off">
<h2>${words.say('enrolment.settings.word')}</h2>
<p>${hasReadingWord && words.say('enrolment.settings.word-is-set')} ${words.say('enrolment.settings.word-body')}</p>
<div class="field">
<label for="word">${marked(label, { quiet })}</label>
${fieldError(words, 'word', faults)}
<input id="word" name="word" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" minlength="${MIN_READING_WORD_LENGTH}" maxlength="${MAX_READING_WORD_LENGTH}"${invalidAttributes('word', faults)}>
</div>
<p><button class="button" type="submit" name="do" value="set">${words.say(hasReadingWord ? 'enrolment.settings.word-change' : 'enrolment.settings.word-set')}</button>${hasReadingWord && html` <button class="text-button text-destructive" type="submit" name="do" value="remove">${words.say('enrolment.settings.word-remove')}</button>`}</p>
<p class="quiet">${words.say('enrolment.settings.word-closes')}</p>
</form>`
}

/**
 * In an older session of the learner's own, the variant can be read but not changed; without a session it is not shown.
 */
function courseVersionSummary(words: Words, site: Site, { course, settings, isOwn, token }: SettingsView): Html | null {
  const chosen = [
    course.tracks.find(({ name }) => name === settings.track)?.title ?? words.say('enrolment.settings.general'),
    ...course.overlays.filter(({ name }) => settings.overlays.includes(name)).map(({ title }) => title),
  ]
  const asks = site.ports.courses.resourcesOf(course.name, course.language).assessment !== null
  const link = (text: string) => html`<a href="${startPath(token)}">${text}</a>`
  return html`${isOwn && course.tracks.length + course.overlays.length > 0 && html`<p>${marked(words.say('enrolment.settings.version', { chosen: formatList(words, chosen, 'unit') }), { b })}</p>`}
${asks && html`<p class="quiet">${marked(words.say('enrolment.settings.start'), { link })}</p>`}`
}

/** Tracks and overlays, if the course has any; without a choice, readers get the common variant. */
function courseVersionFields(
  words: Words,
  site: Site,
  { course, token }: SettingsView,
  { typed, faults }: SettingsForm,
): Html | null {
  if (course.tracks.length + course.overlays.length === 0) return null
  const asks = site.ports.courses.resourcesOf(course.name, course.language).assessment !== null
  const link = (text: string) => html`<a href="${startPath(token)}">${text}</a>`
  return html`${
    course.tracks.length > 0 &&
    html`<fieldset class="field ticks"${describedBy('track', faults)}><legend>${words.say('enrolment.settings.which-version')}</legend>
${fieldError(words, 'track', faults)}
${radio('', typed.track === null, words.say('enrolment.settings.general'), words.say('enrolment.settings.general-hint'))}
${course.tracks.map(({ name, title, summary }) => radio(name, typed.track === name, title, summary))}
</fieldset>`
  }
${
  course.overlays.length > 0 &&
  html`<fieldset class="field ticks"${describedBy('overlays', faults)}><legend>${words.say('enrolment.settings.extras')}</legend>
${fieldError(words, 'overlays', faults)}
${course.overlays.map(({ name, title, summary }, index) => html`<label class="tick"><input id="${index === 0 ? 'overlays' : `overlays-${name}`}" type="checkbox" name="overlays" value="${name}"${on('checked', typed.overlays.includes(name))}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`)}
</fieldset>`
}
${asks && html`<p class="quiet">${marked(words.say('enrolment.settings.start-unsure'), { link })}</p>`}`
}

const b = (text: string) => html`<b>${text}</b>`

function radio(value: string, checked: boolean, title: string, summary: string): Html {
  return html`<label class="tick"><input id="${value === '' ? 'track' : `track-${value}`}" type="radio" name="track" value="${value}"${on('checked', checked)}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`
}

function tick(name: string, checked: boolean, title: string, summary: string): Html {
  return html`<label class="tick"><input type="checkbox" name="${name}" value="on"${on('checked', checked)}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`
}

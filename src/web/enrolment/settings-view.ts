import { startPath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import { MAX_READING_WORD_LENGTH, MIN_READING_WORD_LENGTH } from '../../core/security/reading-word.ts'
import type { Words } from '../../core/words.ts'
import type { LearnerSettings, SettingsView } from '../../flow/views.ts'
import { describeNext } from '../page/day-list.ts'
import { describedBy, errorSummary, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { linkForm } from '../security/neutral-page.ts'
import { hourOptions } from '../sign-up/hour-options.ts'
import { languageField } from '../sign-up/language-field.ts'
import { SHORT_EMAILS_HINT } from '../sign-up/sign-up-form.ts'
import { timeZoneOptions } from '../sign-up/time-zone-options.ts'

export interface SettingsForm {
  readonly typed: Omit<LearnerSettings, 'hour'> & { readonly hour: string }
  readonly faults: Readonly<Record<string, string>>
  readonly saved: boolean
}

/** Everything a learner can change about future lessons. */
export function settingsPage(site: Site, view: SettingsView, form: SettingsForm): Page {
  const { typed, faults, saved } = form
  const { course, token } = view
  const words = wordsOf(site, course)
  return page({
    title: 'Settings',
    isError: Object.keys(faults).length > 0,
    course,
    discreet: view.discreet,
    footerLinks: [{ href: paths.stop(view.stopToken), label: 'Stop or delete' }],
    main: html`<form class="card form narrow" method="post" action="${paths.settings(token)}">
<h1>Settings</h1>
${errorSummary(words, faults, ['hour', 'timeZone', 'track', 'overlays'])}
<p role="status" class="${saved ? 'notice' : 'away'}">${saved && 'Saved.'} ${describeNext(view.week, site.ports.clock.now())}</p>
<input type="hidden" name="all" value="1">
<div class="field">
<label for="hour">When should a lesson come?</label>
${fieldError(words, 'hour', faults)}
<select id="hour" name="hour"${invalidAttributes('hour', faults)}>${hourOptions(typed.hour)}</select>
</div>
<div class="field">
<label for="timeZone">Your time zone</label>
${fieldError(words, 'timeZone', faults)}
<select id="timeZone" name="timeZone"${invalidAttributes('timeZone', faults)}>${timeZoneOptions(words, typed.timeZone)}</select>
</div>
${languageField(words, view.course, typed.language, faults)}
${view.isFresh ? html`<input type="hidden" name="own" value="1">${courseVersionFields(words, site, view, form)}` : courseVersionSummary(site, view)}
<fieldset class="field ticks">
<legend>Emails</legend>
${(view.course.care.includes('discreet') || view.settings.discreet) && tick('discreet', typed.discreet, 'Discreet', 'Plain sender, subject and page titles. The emails hold a link and nothing else.')}
${shortEmails(words, view, form)}
${tick('webOnly', typed.webOnly, 'Web only', 'No email at all: you read everything here. Keep the address of this page somewhere safe.')}
${view.hasCheckIns && tick('checkIns', typed.checkIns, 'Weekly check-ins', 'A short note once a week after the last day, for a few weeks.')}
</fieldset>
<p><button class="button" type="submit">Save changes</button> <a class="button button-secondary" href="${paths.lesson(token)}">Back</a></p>
<p class="quiet">Changes apply from your next lesson.</p>
</form>
${ownSessionSettings(words, view, faults)}
<section class="card narrow soft" aria-labelledby="delete-all">
<h2 id="delete-all">Delete everything</h2>
<p>Your address, what you wrote, and the record of what was sent.</p>
<p><a class="button button-secondary button-destructive" href="${paths.erase(view.stopToken)}">Delete everything</a></p>
</section>`,
  })
}

/**
 * Anybody may tick the box; unticking requires a fresh session of the learner's own, so others see that it is on,
 * without a box.
 */
function shortEmails(words: Words, { settings, isFresh }: SettingsView, { typed, faults }: SettingsForm): Html {
  if (settings.shortEmails && !isFresh)
    return html`<p class="tick-text"><b>Short emails</b> are on. <span class="quiet">${SHORT_EMAILS_HINT}</span></p>`
  return html`${fieldError(words, 'shortEmails', faults)}${tick('shortEmails', typed.shortEmails, 'Short emails', SHORT_EMAILS_HINT)}`
}

/** Settings that need a fresh session of one's own; everybody without one sees the same text. */
function ownSessionSettings(words: Words, view: SettingsView, faults: SettingsForm['faults']): Html {
  if (view.isFresh) return readingWord(words, view, faults)
  return html`<section class="card narrow soft" aria-labelledby="more-settings">
<h2 id="more-settings">More settings</h2>
<p>The version of the course, switching short emails off, and a reading word: for these, open this page with a link from your email.</p>
${view.settings.webOnly ? html`<p class="quiet">You chose to get no email. Switch emails on first, and come back.</p>` : linkForm(view.token, 'settings', 'Send me the link')}
</section>`
}

/** Optional, for people who share an inbox. */
function readingWord(words: Words, { token, hasReadingWord }: SettingsView, faults: SettingsForm['faults']): Html {
  return html`<form class="card form narrow" id="reading-word" method="post" action="${paths.readingWord(token)}" autocomplete="off">
<h2>Reading word</h2>
<p>${hasReadingWord ? 'You have set one. ' : ''}With a reading word, a link from your email opens your pages only for someone who also knows the word. Nobody can recover it: without it what you wrote stays closed, and all that is left is to delete it.</p>
<div class="field">
<label for="word">${hasReadingWord ? 'A new word or sentence' : 'A word or sentence'} <span class="quiet">(${MIN_READING_WORD_LENGTH} to ${MAX_READING_WORD_LENGTH} characters)</span></label>
${fieldError(words, 'word', faults)}
<input id="word" name="word" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" minlength="${MIN_READING_WORD_LENGTH}" maxlength="${MAX_READING_WORD_LENGTH}"${invalidAttributes('word', faults)}>
</div>
<p><button class="button" type="submit" name="do" value="set">${hasReadingWord ? 'Change it' : 'Set it'}</button>${hasReadingWord && html` <button class="text-button text-destructive" type="submit" name="do" value="remove">Remove it</button>`}</p>
<p class="quiet">Your pages close on every other device.</p>
</form>`
}

/**
 * In an older session of the learner's own, the variant can be read but not changed; without a session it is not shown.
 */
function courseVersionSummary(site: Site, { course, settings, isOwn, token }: SettingsView): Html | null {
  const chosen = [
    course.tracks.find(({ name }) => name === settings.track)?.title ?? 'General',
    ...course.overlays.filter(({ name }) => settings.overlays.includes(name)).map(({ title }) => title),
  ]
  const asks = site.ports.courses.resourcesOf(course.name, course.language).assessment !== null
  return html`${isOwn && course.tracks.length + course.overlays.length > 0 && html`<p>Your version of the course: <b>${chosen.join(', ')}</b></p>`}
${asks && html`<p class="quiet"><a href="${startPath(token)}">Find your starting point</a> with a few questions.</p>`}`
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
  return html`${
    course.tracks.length > 0 &&
    html`<fieldset class="field ticks"${describedBy('track', faults)}><legend>Which version?</legend>
${fieldError(words, 'track', faults)}
${radio('', typed.track === null, 'General', 'A mix for anyone.')}
${course.tracks.map(({ name, title, summary }) => radio(name, typed.track === name, title, summary))}
</fieldset>`
  }
${
  course.overlays.length > 0 &&
  html`<fieldset class="field ticks"${describedBy('overlays', faults)}><legend>Extras</legend>
${fieldError(words, 'overlays', faults)}
${course.overlays.map(({ name, title, summary }, index) => html`<label class="tick"><input${index === 0 && html` id="overlays"`} type="checkbox" name="overlays" value="${name}"${on('checked', typed.overlays.includes(name))}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`)}
</fieldset>`
}
${asks && html`<p class="quiet">Not sure? <a href="${startPath(token)}">Find your starting point</a> with a few questions.</p>`}`
}

function radio(value: string, checked: boolean, title: string, summary: string): Html {
  return html`<label class="tick"><input${value === '' && html` id="track"`} type="radio" name="track" value="${value}"${on('checked', checked)}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`
}

function tick(name: string, checked: boolean, title: string, summary: string): Html {
  return html`<label class="tick"><input type="checkbox" name="${name}" value="on"${on('checked', checked)}><span><b>${title}</b> <span class="quiet">${summary}</span></span></label>\n`
}

import type { Course } from '../../core/course/course.ts'
import { DEFAULT_PACE } from '../../core/pace.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import { errorSummary, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, marked, on } from '../page/html.ts'
import { HONEYPOT, type SignUpDraft } from './check-sign-up.ts'
import { hourOptions } from './hour-options.ts'
import { languageField } from './language-field.ts'
import { paceField } from './pace-field.ts'
import { reminderField } from './reminder-field.ts'
import { timeZoneOptions } from './time-zone-options.ts'

export interface SignUpForm {
  readonly draft: SignUpDraft
  /** Field name to error message. */
  readonly faults: Readonly<Record<string, string>>
  /** From an outcome page; null without one. */
  readonly start: StartingPointPart | null
  /** The suggested address, if any. */
  readonly suggestion: string | null
  /** Time zones to list first. */
  readonly zones: readonly string[]
  /** Whether the person returned to change the address. */
  readonly isChange: boolean
}

/** The part of a starting point that is included in the form. */
export interface StartingPointPart {
  /** Opaque (flow/enrolment/starting-point.ts). */
  readonly ticket: string
  /** Whether there is a plan that may be emailed. */
  readonly hasPlan: boolean
  readonly mailPlan: boolean
}

export function emptySignUpForm(course: Course, zones: readonly string[] = []): SignUpForm {
  return {
    draft: {
      email: '',
      name: '',
      timeZone: '',
      hour: String(course.defaultHour),
      discreet: false,
      webOnly: false,
      shortEmails: false,
      track: '',
      language: '',
      pace: DEFAULT_PACE,
      reminder: '',
    },
    faults: {},
    start: null,
    suggestion: null,
    zones,
    isChange: false,
  }
}

/** Words beside a label that matter less. */
export function quiet(text: string): Html {
  return html`<span class="quiet">${text}</span>`
}

/** The sign-up form. Works without scripts; sign-up.js preselects the time zone. */
export function signUpForm(words: Words, course: Course, form: SignUpForm): Html {
  const privacy = (text: string) => html`<a href="${paths.privacy()}">${text}</a>`
  const { draft, faults, start, suggestion } = form
  return html`<form class="card form" id="join" method="post" action="${paths.signUp()}" novalidate>
<div class="form-head"><h2>${words.say('sign-up.form.heading')}</h2> <p class="quiet">${course.price}</p></div>
${errorSummary(words, faults, FIELDS)}
${
  // Enter activates the first button, which must not answer the question below.
  suggestion !== null &&
  html`<button class="away" type="submit" tabindex="-1" aria-hidden="true">${words.say('sign-up.form.send')}</button>`
}
<input type="hidden" name="course" value="${course.name}">
<div class="away" aria-hidden="true"><label>${words.say('sign-up.form.empty')} <input name="${HONEYPOT}" tabindex="-1" autocomplete="off"></label></div>
<div class="field">
<label for="email">${words.say('sign-up.form.email')}</label>
${fieldError(words, 'email', faults)}
<input id="email" name="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" required maxlength="254" value="${draft.email}"${invalidAttributes('email', faults)}${on('autofocus', form.isChange)}>
${suggestion !== null && didYouMean(words, draft.email, suggestion)}
</div>
<div class="pair">
<div class="field">
<label for="hour">${words.say('sign-up.form.hour')}</label>
${fieldError(words, 'hour', faults)}
<select id="hour" name="hour"${invalidAttributes('hour', faults)}>${hourOptions(words, draft.hour)}</select>
</div>
<div class="field">
<label for="timeZone">${words.say('sign-up.form.zone')}</label>
${fieldError(words, 'timeZone', faults)}
<select id="timeZone" name="timeZone" required${invalidAttributes('timeZone', faults)}>${timeZoneOptions(words, draft.timeZone, form.zones)}</select>
</div>
</div>
${languageField(words, course, draft.language, faults)}
${aboutYou(words, course, form)}
${privacyChoices(words, course, draft)}
${moreChoices(words, form)}
<p class="consent">${course.consent.text}</p>
${start !== null && startingPointSection(words, start)}
<p class="send-row"><button class="button" type="submit">${words.say(start === null ? 'sign-up.form.submit' : 'sign-up.form.submit-plan')}</button>${
    start !== null &&
    html` <button class="text-button" type="submit" name="without" value="1">${words.say('sign-up.form.submit-without')}</button>`
  }</p>
<p class="quiet">${course.stop} ${marked(words.say('sign-up.form.address-use'), { link: privacy })} <a href="${paths.lostLink()}">${words.say('learner.lost')}</a></p>
</form>`
}

/** Fields that the error summary can link to. */
const FIELDS = ['email', 'name', 'hour', 'timeZone', 'language', 'track', 'pace', 'reminder']

/** Both answers submit the whole form; `asked` limits them to the address in question. */
function didYouMean(words: Words, typed: string, suggestion: string): Html {
  return html`<input type="hidden" name="asked" value="${typed}">
<p class="did-you-mean"><button class="button button-secondary" type="submit" name="meant" value="yes">${words.say('sign-up.form.meant-yes', { address: suggestion })}</button> <button class="text-button" type="submit" name="meant" value="no">${words.say('sign-up.form.meant-no', { address: typed })}</button></p>`
}

/** What most people can leave out is folded, and unfolded where something was typed or is wrong. */
function aboutYou(words: Words, course: Course, { draft, faults, start }: SignUpForm): Html {
  const asksTrack = start === null && course.tracks.length > 0
  const isOpen = draft.name !== '' || draft.track !== '' || 'name' in faults || 'track' in faults
  return html`<details class="fold"${on('open', isOpen)}><summary>${words.say(asksTrack ? 'sign-up.form.about' : 'sign-up.form.about-name')}</summary>
<div class="field">
<label for="name">${marked(words.say('sign-up.form.name'), { quiet })}</label>
${fieldError(words, 'name', faults)}
<input id="name" name="name" autocomplete="given-name" maxlength="40" value="${draft.name}"${invalidAttributes('name', faults)}>
</div>
${asksTrack && situation(words, course, draft.track, faults)}
</details>`
}

function moreChoices(words: Words, { draft, faults }: SignUpForm): Html {
  const isOpen =
    !['', DEFAULT_PACE].includes(draft.pace) || draft.reminder !== '' || 'pace' in faults || 'reminder' in faults
  return html`<details class="fold"${on('open', isOpen)}><summary>${words.say('pace.more')}</summary>
${paceField(words, draft.pace, faults)}
${reminderField(words, draft.reminder, faults)}
</details>`
}

function privacyChoices(words: Words, { care }: Course, { discreet, shortEmails, webOnly }: SignUpDraft): Html {
  return html`<details class="fold"${on('open', discreet || shortEmails || webOnly)}><summary>${words.say('sign-up.form.others')}</summary>
<fieldset class="field ticks">
<legend class="away">${words.say('sign-up.form.others-legend')}</legend>
${
  care.includes('discreet') &&
  html`<label class="tick"><input type="checkbox" name="discreet" value="on"${on('checked', discreet)}><span><b>${words.say('sign-up.form.discreet')}</b> ${quiet(words.say('sign-up.form.discreet-hint'))}</span></label>
`
}<label class="tick"><input type="checkbox" name="shortEmails" value="on"${on('checked', shortEmails)}><span><b>${words.say('sign-up.form.short')}</b> ${quiet(words.say('sign-up.form.short-hint'))}</span></label>
<label class="tick"><input type="checkbox" name="webOnly" value="on"${on('checked', webOnly)}><span><b>${words.say('sign-up.form.web-only')}</b> ${quiet(words.say('sign-up.form.web-only-hint'))}</span></label>
</fieldset>
</details>`
}

/** Asks for the track; without one, lessons address every situation. Not needed after an outcome page. */
function situation(words: Words, { tracks }: Course, chosen: string, faults: Readonly<Record<string, string>>): Html {
  return html`<div class="field">
<label for="track">${marked(words.say('sign-up.form.track'), { quiet })}</label>
${fieldError(words, 'track', faults)}
<p class="hint" id="track-hint">${words.say('sign-up.form.track-hint')}</p>
<select id="track" name="track" aria-describedby="track-hint"${invalidAttributes('track', faults)}>
<option value=""${on('selected', chosen === '')}>${words.say('sign-up.form.no-track')}</option>
${tracks.map(
  ({ name, summary }) => html`<option value="${name}"${on('selected', chosen === name)}>${summary}</option>
`,
)}</select>
</div>`
}

/** Separate consent: stored only with this button, and never the answers. */
function startingPointSection(words: Words, { ticket, hasPlan, mailPlan }: StartingPointPart): Html {
  return html`<input type="hidden" name="start" value="${ticket}">
${
  hasPlan &&
  html`<label class="tick"><input type="checkbox" name="mailPlan" value="on"${on('checked', mailPlan)}><span><b>${words.say('sign-up.form.plan')}</b> ${quiet(words.say('sign-up.form.plan-hint'))}</span></label>`
}
<p class="consent">${words.say('sign-up.form.plan-consent')}</p>
`
}

import type { Course } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import { errorSummary, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'
import { HONEYPOT, type SignUpDraft } from './check-sign-up.ts'
import { hourOptions } from './hour-options.ts'
import { languageField } from './language-field.ts'
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
    },
    faults: {},
    start: null,
    suggestion: null,
    zones,
    isChange: false,
  }
}

/** Explains short emails wherever they are offered. */
export const SHORT_EMAILS_HINT =
  'Each email only says that a page is there. The page opens on a device that you let in with a link from your email, and on no other.'

/** The sign-up form. Works without scripts; sign-up.js preselects the time zone. */
export function signUpForm(words: Words, course: Course, form: SignUpForm): Html {
  const { draft, faults, start, suggestion } = form
  return html`<form class="card form" id="join" method="post" action="${paths.signUp()}" novalidate>
<div class="form-head"><h2>Join</h2> <p class="quiet">${course.price}</p></div>
${errorSummary(words, faults, FIELDS)}
${
  // Enter activates the first button, which must not answer the question below.
  suggestion !== null && html`<button class="away" type="submit" tabindex="-1" aria-hidden="true">Send</button>`
}
<input type="hidden" name="course" value="${course.name}">
<div class="away" aria-hidden="true"><label>Leave this empty <input name="${HONEYPOT}" tabindex="-1" autocomplete="off"></label></div>
<div class="field">
<label for="email">Your email address</label>
${fieldError(words, 'email', faults)}
<input id="email" name="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" required maxlength="254" value="${draft.email}"${invalidAttributes('email', faults)}${on('autofocus', form.isChange)}>
${suggestion !== null && didYouMean(draft.email, suggestion)}
</div>
<div class="pair">
<div class="field">
<label for="hour">When should a lesson come?</label>
${fieldError(words, 'hour', faults)}
<select id="hour" name="hour"${invalidAttributes('hour', faults)}>${hourOptions(draft.hour)}</select>
</div>
<div class="field">
<label for="timeZone">Your time zone</label>
${fieldError(words, 'timeZone', faults)}
<select id="timeZone" name="timeZone" required${invalidAttributes('timeZone', faults)}>${timeZoneOptions(words, draft.timeZone, form.zones)}</select>
</div>
</div>
${languageField(words, course, draft.language, faults)}
${aboutYou(words, course, form)}
${privacyChoices(course, draft)}
<p class="consent">${course.consent.text}</p>
${start !== null && startingPointSection(start)}
<p class="send-row"><button class="button" type="submit">${start === null ? 'Send me the confirmation email' : 'Sign up with this plan'}</button>${
    start !== null && html` <button class="text-button" type="submit" name="without" value="1">Join without it</button>`
  }</p>
<p class="quiet">${course.stop} We use your address for this course and nothing else: <a href="${paths.privacy()}">privacy</a>.</p>
</form>`
}

/** Fields that the error summary can link to. */
const FIELDS = ['email', 'name', 'hour', 'timeZone', 'language', 'track']

/** Both answers submit the whole form; `asked` limits them to the address in question. */
function didYouMean(typed: string, suggestion: string): Html {
  return html`<input type="hidden" name="asked" value="${typed}">
<p class="did-you-mean"><button class="button button-secondary" type="submit" name="meant" value="yes">Yes, use ${suggestion}</button> <button class="text-button" type="submit" name="meant" value="no">No, keep ${typed}</button></p>`
}

/** What most people can leave out is folded, and unfolded where something was typed or is wrong. */
function aboutYou(words: Words, course: Course, { draft, faults, start }: SignUpForm): Html {
  const asksTrack = start === null && course.tracks.length > 0
  const isOpen = draft.name !== '' || draft.track !== '' || 'name' in faults || 'track' in faults
  return html`<details class="fold"${on('open', isOpen)}><summary>${asksTrack ? 'Your name and situation, if you like' : 'Your first name, if you like'}</summary>
<div class="field">
<label for="name">First name <span class="quiet">(if you like)</span></label>
${fieldError(words, 'name', faults)}
<input id="name" name="name" autocomplete="given-name" maxlength="40" value="${draft.name}"${invalidAttributes('name', faults)}>
</div>
${asksTrack && situation(words, course, draft.track, faults)}
</details>`
}

function privacyChoices({ care }: Course, { discreet, shortEmails, webOnly }: SignUpDraft): Html {
  return html`<details class="fold"${on('open', discreet || shortEmails || webOnly)}><summary>Could others see your screen or inbox?</summary>
<fieldset class="field ticks">
<legend class="away">If others might see your screen or your inbox</legend>
${
  care.includes('discreet') &&
  html`<label class="tick"><input type="checkbox" name="discreet" value="on"${on('checked', discreet)}><span><b>Discreet</b> <span class="quiet">Plain sender, subject and page titles. The emails hold a link and nothing else.</span></span></label>
`
}<label class="tick"><input type="checkbox" name="shortEmails" value="on"${on('checked', shortEmails)}><span><b>Short emails</b> <span class="quiet">${SHORT_EMAILS_HINT}</span></span></label>
<label class="tick"><input type="checkbox" name="webOnly" value="on"${on('checked', webOnly)}><span><b>Web only</b> <span class="quiet">One email to confirm, then none: you read everything here. Keep the page's address somewhere safe.</span></span></label>
</fieldset>
</details>`
}

/** Asks for the track; without one, lessons address every situation. Not needed after an outcome page. */
function situation(words: Words, { tracks }: Course, chosen: string, faults: Readonly<Record<string, string>>): Html {
  return html`<div class="field">
<label for="track">Which is closest? <span class="quiet">(if you like)</span></label>
${fieldError(words, 'track', faults)}
<p class="hint" id="track-hint">It decides what your lessons talk about. You can change it later.</p>
<select id="track" name="track" aria-describedby="track-hint"${invalidAttributes('track', faults)}>
<option value=""${on('selected', chosen === '')}>I would rather not say</option>
${tracks.map(
  ({ name, summary }) => html`<option value="${name}"${on('selected', chosen === name)}>${summary}</option>
`,
)}</select>
</div>`
}

/** Separate consent: stored only with this button, and never the answers. */
function startingPointSection({ ticket, hasPlan, mailPlan }: StartingPointPart): Html {
  return html`<input type="hidden" name="start" value="${ticket}">
${
  hasPlan &&
  html`<label class="tick"><input type="checkbox" name="mailPlan" value="on"${on('checked', mailPlan)}><span><b>Send my plan</b> <span class="quiet">With the first lesson, once you have confirmed. Not with discreet emails: those hold a link and nothing else.</span></span></label>`
}
<p class="consent">“Sign up with this plan” keeps which form of the lessons fits you, and what to leave out, encrypted. Your answers are not kept either way.</p>
`
}

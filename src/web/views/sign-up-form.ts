import type { Course } from '../../core/course.ts'
import { paths } from '../../core/paths.ts'
import { HONEYPOT, type SignUpDraft } from '../check-sign-up.ts'
import { hourOptions } from './hours.ts'
import { type Html, html, on } from './html.ts'
import { timeZoneOptions } from './time-zones.ts'

export interface SignUpForm {
  readonly draft: SignUpDraft
  /** Field name to sentence. */
  readonly faults: Readonly<Record<string, string>>
  /** From an outcome page; null for people who come without one. */
  readonly start: StartPart | null
}

/** What of a starting point goes with the form. */
export interface StartPart {
  /** Opaque (flow/starting-point.ts). */
  readonly ticket: string
  /** Whether there is a plan that may be mailed. */
  readonly hasPlan: boolean
  readonly mailPlan: boolean
}

export function emptySignUp(course: Course): SignUpForm {
  return {
    draft: {
      email: '',
      name: '',
      timeZone: '',
      hour: String(course.defaultHour),
      discreet: false,
      webOnly: false,
      shortEmails: false,
    },
    faults: {},
    start: null,
  }
}

/** What short emails are, wherever they are offered. */
export const SHORT_EMAILS_SAY =
  'Each mail only says that a page is there. The page opens on a device that you let in with a link from your mail, and on no other.'

/** The form to join a course. Works without scripts; sign-up.js fills the time zone in. */
export function signUpForm(course: Course, form: SignUpForm): Html {
  const { draft, faults, start } = form
  const count = Object.keys(faults).length
  return html`<form class="card form" id="join" method="post" action="${paths.signUp()}" novalidate>
<h2>Join</h2>
${
  count > 0 &&
  html`<p class="notice notice-look" role="alert" tabindex="-1" autofocus>Something needs another look. Everything you typed is still here.</p>`
}
<input type="hidden" name="course" value="${course.name}">
<div class="away" aria-hidden="true"><label>Leave this empty <input name="${HONEYPOT}" tabindex="-1" autocomplete="off"></label></div>
<div class="field">
<label for="email">Your email address</label>
${fault('email', faults)}
<input id="email" name="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" required maxlength="254" value="${draft.email}"${marks('email', faults)}>
</div>
<div class="field">
<label for="name">First name <span class="quiet">(if you like)</span></label>
${fault('name', faults)}
<input id="name" name="name" autocomplete="given-name" maxlength="40" value="${draft.name}"${marks('name', faults)}>
</div>
<div class="pair">
<div class="field">
<label for="hour">When should a lesson come?</label>
${fault('hour', faults)}
<select id="hour" name="hour"${marks('hour', faults)}>${hourOptions(draft.hour)}</select>
</div>
<div class="field">
<label for="timeZone">Your time zone</label>
${fault('timeZone', faults)}
<select id="timeZone" name="timeZone" required${marks('timeZone', faults)}>${timeZoneOptions(draft.timeZone)}</select>
</div>
</div>
<fieldset class="field ticks">
<legend>If others might see your screen or your mail</legend>
<label class="tick"><input type="checkbox" name="discreet" value="on"${on('checked', draft.discreet)}><span><b>Discreet</b> <span class="quiet">Plain sender, subject and page titles. The mails hold a link and nothing else.</span></span></label>
<label class="tick"><input type="checkbox" name="shortEmails" value="on"${on('checked', draft.shortEmails)}><span><b>Short emails</b> <span class="quiet">${SHORT_EMAILS_SAY}</span></span></label>
<label class="tick"><input type="checkbox" name="webOnly" value="on"${on('checked', draft.webOnly)}><span><b>Web only</b> <span class="quiet">One mail to confirm, then none: you read everything here. Keep the page's address somewhere safe.</span></span></label>
</fieldset>
<p class="consent">${course.consent.text}</p>
${start !== null && startPart(start)}
<p class="send-row"><button class="main-button" type="submit">${start === null ? 'Send me the confirmation mail' : 'Join from this starting point'}</button>${
    start !== null && html` <button class="text-button" type="submit" name="without" value="1">Join without it</button>`
  }</p>
<p class="quiet">${course.stop} We use your address for this course and nothing else: <a href="${paths.privacy()}">privacy</a>.</p>
</form>`
}

/** Its own, separate consent: kept only when this very button is pressed, and never the answers. */
function startPart({ ticket, hasPlan, mailPlan }: StartPart): Html {
  return html`<input type="hidden" name="start" value="${ticket}">
${
  hasPlan &&
  html`<label class="tick"><input type="checkbox" name="mailPlan" value="on"${on('checked', mailPlan)}><span><b>Send my plan</b> <span class="quiet">With the first lesson, once you have confirmed. Not with discreet mails: those hold a link and nothing else.</span></span></label>`
}
<p class="consent">“Join from this starting point” keeps which form of the lessons fits you, and what to leave out, locked with a key of your own. Your answers are not kept either way.</p>
`
}

/** The sentence at a field, tied to it by `marks`. */
export function fault(name: string, faults: Readonly<Record<string, string>>): Html | null {
  const sentence = faults[name]
  return sentence === undefined ? null : html`<p class="fault" id="fault-${name}">${sentence}</p>\n`
}

export function marks(name: string, faults: Readonly<Record<string, string>>): Html | null {
  return faults[name] === undefined ? null : html` aria-invalid="true" aria-describedby="fault-${name}"`
}

import type { Course } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { checkEmail } from './check-email.ts'
import type { SignUpDraft } from './check-sign-up.ts'
import type { StartingPointPart } from './sign-up-form.ts'

/** Shown to everybody, so that it reveals nothing. */
export const AFTER_STOP_HINT = 'If you stopped in the last weeks, use a link from an earlier email.'

/** The same response to every sign-up: it does not reveal whether the address is known, and only repeats what was typed. */
export function checkInboxPage(course: Course, draft: SignUpDraft, start: StartingPointPart | null): Page {
  // Scripts caught by the honeypot get this page too, whatever they sent.
  const isAddress = 'address' in checkEmail(draft.email)
  return page({
    title: 'Look in your inbox',
    course,
    discreet: draft.discreet,
    main: html`<div class="card centre">
<h1>Look in your inbox</h1>
<p>We are sending an email with one button to ${isAddress ? html`<b class="typed">${draft.email.trim()}</b>` : 'the address you gave'}. Tap the button, and the course begins.</p>
<p class="quiet">${AFTER_STOP_HINT}</p>
${changeAddressForm(course, draft, start)}
<p class="quiet">Nothing there after a few minutes? Look in your junk folder, or check the address and try again. The button works for two days.</p>
</div>`,
  })
}

/** Returns to the form with everything that was typed, without putting the address in a URL. */
function changeAddressForm(course: Course, draft: SignUpDraft, start: StartingPointPart | null): Html {
  const kept: Readonly<Record<string, string>> = {
    course: course.name,
    email: draft.email,
    name: draft.name,
    timeZone: draft.timeZone,
    hour: draft.hour,
    ...(draft.discreet && { discreet: 'on' }),
    ...(draft.webOnly && { webOnly: 'on' }),
    ...(draft.shortEmails && { shortEmails: 'on' }),
    ...(draft.track !== '' && { track: draft.track }),
    ...(draft.language !== '' && { language: draft.language }),
    ...(start && { start: start.ticket }),
    ...(start?.mailPlan && { mailPlan: 'on' }),
  }
  return html`<form method="post" action="${paths.changeSignUp()}">
${Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}<p>Is the address not right? <button class="text-button" type="submit">Go back and change it</button></p>
</form>`
}

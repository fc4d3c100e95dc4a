import type { Course } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'
import { CONFIRMATION_LINK_HOURS } from '../../core/retention.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { checkEmail } from './check-email.ts'
import type { SignUpDraft } from './check-sign-up.ts'
import type { StartingPointPart } from './sign-up-form.ts'

/** The same response to every sign-up: it does not reveal whether the address is known, and only repeats what was typed. */
export function checkInboxPage(
  words: Words,
  course: Course,
  draft: SignUpDraft,
  start: StartingPointPart | null,
): Page {
  // Scripts caught by the honeypot get this page too, whatever they sent.
  const isAddress = 'address' in checkEmail(draft.email)
  const title = words.say('sign-up.inbox.title')
  const address = (text: string) => html`<b class="typed">${text}</b>`
  const sent = isAddress
    ? marked(words.say('sign-up.inbox.sent', { address: draft.email.trim() }), { address })
    : words.say('sign-up.inbox.sent-unnamed')
  return page({
    title,
    course,
    discreet: draft.discreet,
    main: html`<div class="card centre">
<h1>${title}</h1>
<p>${sent}</p>
<p class="quiet">${words.say('sign-up.inbox.after-stop')}</p>
${changeAddressForm(words, course, draft, start)}
<p class="quiet">${words.say('sign-up.inbox.nothing', { hours: CONFIRMATION_LINK_HOURS })}</p>
</div>`,
  })
}

/** Returns to the form with everything that was typed, without putting the address in a URL. */
function changeAddressForm(words: Words, course: Course, draft: SignUpDraft, start: StartingPointPart | null): Html {
  const button = (text: string) => html`<button class="text-button" type="submit">${text}</button>`
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
${Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}<p>${marked(words.say('sign-up.inbox.change'), { button })}</p>
</form>`
}

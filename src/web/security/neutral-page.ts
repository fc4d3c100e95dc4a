import { paths } from '../../core/paths.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { LinkGoal } from '../../flow/ports/security-ports.ts'
import type { NeutralView } from '../../flow/views.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/**
 * What was saved of a form submitted from a page that was still open: everything, or everything but texts that were too
 * long.
 */
export type SavedState = 'text' | 'part' | null

/**
 * The page behind a lesson link without a session of one's own, for learners with short emails. It is the same for
 * every day and URL, and depends only on the learner's choices about emails.
 */
export function neutralPage(view: NeutralView, kept: SavedState): Page {
  const { course, discreet, token, stopToken } = view
  return page({
    title: 'Your pages',
    course,
    discreet,
    footerLinks: [
      { href: paths.settings(token), label: 'Settings' },
      { href: paths.stop(stopToken), label: 'Stop or delete' },
    ],
    main: html`<div class="card centre">
<h1>Your pages</h1>
${kept !== null && html`<p class="notice" role="status">${kept === 'text' ? 'What you sent just now is kept.' : 'What you sent just now is kept, but for what was too long. Your browser’s back button may still show that.'} You find it here once your pages are open.</p>`}
<p>${discreet ? 'Your pages' : html`Your pages of <b>${course.title}</b>`} wait here. They open only on a device that you have allowed.</p>
${
  view.webOnly
    ? html`<p>You chose not to get emails, so we cannot send you a link. On the device where you confirmed they stay open for a while. To open them here, turn emails on in the <a href="${paths.settings(token)}">settings</a>, and come back.</p>`
    : linkForm(token, 'days', 'Open them on this device')
}
<p class="quiet">Here you can also change your <a href="${paths.settings(token)}">settings</a>, or <a href="${paths.stop(stopToken)}">stop</a>.</p>
</div>`,
  })
}

/** The button that emails a link to the learner, and its explanation. */
export function linkForm(token: string, goal: LinkGoal, label: string): Html {
  return html`<form method="post" action="${paths.askToRead(token)}">
<input type="hidden" name="goal" value="${goal}">
<p>We send a link to your email address. It works once, for ${EMAILED_LINK_MINUTES} minutes.</p>
<p><button class="button" type="submit">${label}</button></p>
</form>`
}

/** For pages that require an emailed link first. */
export function linkFirstPage(view: Omit<NeutralView, 'stopToken'>, goal: LinkGoal): Page {
  const { course, discreet, token, webOnly } = view
  return page({
    title: 'One more step first',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>One more step first</h1>
<p>So that nobody else can change this, open it with a new link from your email. Nothing has been changed yet.</p>
${webOnly ? html`<p>You chose not to get emails, so no link can be sent. Turn emails on in the <a href="${paths.settings(token)}">settings</a> first.</p>` : linkForm(token, goal, 'Send me the link')}
<p><a class="text-button" href="${paths.settings(token)}">Back</a></p>
</div>`,
  })
}

import { paths } from '../../core/paths.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { Erasure, ErasureView } from '../../flow/enrolment/erase.ts'
import { html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** A button and its consequences. `atOnce`: this browser needs no confirmation by email. */
export function erasePage(view: ErasureView & { readonly atOnce: boolean }, token: string): Page {
  return page({
    title: 'Delete everything',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Delete everything?</h1>
${DELETED_DATA_NOTICE}
${!view.atOnce && html`<p>So that nobody else can do this to you, we first send one email to your address. Its link works once, for ${EMAILED_LINK_MINUTES} minutes, and deletes.</p>`}
<form method="post" action="${paths.erase(token)}"><button class="button ${view.atOnce ? '' : 'button-secondary '}button-destructive" type="submit">${view.atOnce ? 'Delete everything now' : 'Send me the link to delete'}</button></form>
<p class="quiet"><a href="${paths.stop(token)}">No, go back</a></p>
</div>`,
  })
}

/** The page that the emailed link opens. */
export function eraseLinkPage(view: ErasureView, token: string): Page {
  return page({
    title: 'Delete everything',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Delete everything?</h1>
${DELETED_DATA_NOTICE}
<form method="post" action="${paths.eraseNow(token)}"><button class="button button-destructive" type="submit">Delete everything now</button></form>
<p class="quiet">Not sure? Close this page. Without the button nothing is deleted.</p>
</div>`,
  })
}

const DELETED_DATA_NOTICE = html`<p>Your address, your choices, everything you wrote, and the record of what was sent: all of it is deleted at once, from every course we run. No more email comes. It cannot be undone.</p>
<p>Emails in your inbox and pages you printed or saved stay with you. If you want to keep your words, save them first.</p>`

/** The email is on its way, or cannot be sent. */
export function eraseRequestedPage(view: Erasure, token: string): Page {
  const { course, discreet } = view
  const back = html`<p><a class="button button-secondary" href="${paths.stop(token)}">Back</a></p>`
  if (view.state === 'unreachable')
    return page({
      title: 'No email reaches you',
      course,
      discreet,
      main: html`<div class="card centre">
<h1>No email reaches you</h1>
<p>Mail to your address came back to us, so we cannot send you the link. Please write to us: the <a href="${paths.privacy()}">privacy page</a> and every email say how. We then delete everything for you.</p>
${back}
</div>`,
    })
  return page({
    title: 'Look in your inbox',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>Look in your inbox</h1>
<p>We sent you an email. Its link works once, for ${EMAILED_LINK_MINUTES} minutes, and deletes everything once you tap its button. Until then nothing is deleted.</p>
${back}
</div>`,
  })
}

export function erasedPage(view: ErasureView): Page {
  return page({
    title: 'Deleted',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>It is deleted</h1>
<p>We keep nothing that says who you are. The links in emails you received no longer open anything.</p>
</div>`,
  })
}

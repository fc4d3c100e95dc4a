import { paths } from '../../core/paths.ts'
import type { StopView } from '../../flow/views.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'

/** One button, and what it does. */
export function erasePage(view: StopView, token: string): Page {
  return page({
    title: 'Delete everything',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Delete everything?</h1>
<p>Your address, your choices, everything you wrote, and the record of what was sent: all of it goes at once, in every course of ours. No more mail comes. It cannot be undone.</p>
<p>Mails in your inbox and pages you printed or saved stay with you. If you want to keep your words, save them first.</p>
<form method="post" action="${paths.erase(token)}"><button class="main-button" type="submit">Delete everything now</button></form>
<p class="quiet"><a href="${paths.stop(token)}">No, go back</a></p>
</div>`,
  })
}

export function erasedPage(view: Pick<StopView, 'course' | 'discreet'>): Page {
  return page({
    title: 'Deleted',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>It is deleted</h1>
<p>We keep nothing that says who you are. The links in mails you received no longer open anything.</p>
</div>`,
  })
}

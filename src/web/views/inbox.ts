import type { Course } from '../../core/course.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'

/** Said to everybody, so that it tells nothing of anybody. */
export const AFTER_STOP = 'If you stopped in the last weeks, use a link from an earlier email.'

/** The answer to every sign-up, whoever the address belongs to. */
export function inboxPage(course: Course, discreet: boolean): Page {
  return page({
    title: 'Look in your inbox',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>Look in your inbox</h1>
<p>We are sending a mail with one button to the address you gave. Press the button, and the first lesson comes.</p>
<p class="quiet">${AFTER_STOP}</p>
<p class="quiet">Nothing there after a few minutes? Look among junk mail, or <a href="/#join">check the address and try again</a>. The button works for two days.</p>
</div>`,
  })
}

import { paths } from '../../core/paths.ts'
import type { ReadingOpened, ReadingView } from '../../flow/read-back.ts'
import { daysInFull } from './days.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'

/** The answer to asking for a link, whatever became of it. */
export function readingAskedPage(view: ReadingView, token: string): Page {
  return page({
    title: 'Look in your inbox',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Look in your inbox</h1>
<p>We are sending a mail with a link. It works for ten minutes, once you press its button in this browser or another that only you open.</p>
<p class="quiet">If you stopped in the last weeks, nothing is sent: use “Start again” on the page where you stopped first.</p>
<p><a class="other-button" href="${paths.lesson(token)}">Back</a></p>
</div>`,
  })
}

/** One button. Opening the page shows nothing: mail scanners follow links. */
export function readPage(view: ReadingView, token: string): Page {
  return page({
    title: 'Open your pages',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Show your pages here?</h1>
<p>Press the button, and this browser shows what you wrote until you close it with “Close my notes on this device” or leave quickly.</p>
<form method="post" action="${paths.read(token)}"><button class="main-button" type="submit">Show them here</button></form>
<p class="quiet">Do this only on a device that nobody else opens.</p>
</div>`,
  })
}

export function readingOpenedPage(view: ReadingOpened, now: number): Page {
  return page({
    title: 'Your pages',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card">
<h1>Your pages are open here</h1>
<p>Choose a day. What you wrote stands where you wrote it.</p>
${daysInFull(view.week, now)}
<form method="post" action="${paths.endSession()}"><p class="quiet">Done? <button class="text-button" type="submit">Close my notes on this device</button></p></form>
</div>`,
  })
}

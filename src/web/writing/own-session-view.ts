import { startPath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import { MAX_READING_WORD_LENGTH } from '../../core/security/reading-word.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { ReadingOpened, ReadingView } from '../../flow/exercise/reading-link.ts'
import { dayList } from '../page/day-list.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** The response to a request for a link, whatever its outcome. */
export function readingLinkSentPage(view: Pick<ReadingView, 'course' | 'discreet'>, token: string): Page {
  return page({
    title: 'Look in your inbox',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Look in your inbox</h1>
<p>We are sending an email with a link. It works once, for ${EMAILED_LINK_MINUTES} minutes, when you tap its button in this browser or another that only you open.</p>
<p class="quiet">If you stopped in the last weeks, or said that you did not ask for an email, nothing is sent: first open the stop link of a lesson's email, which leads back.</p>
<p><a class="button button-secondary" href="${paths.lesson(token)}">Back</a></p>
</div>`,
  })
}

/**
 * One button, and the reading word if there is one. Opening the page shows nothing, because mail scanners follow links.
 */
export function openSessionPage(view: ReadingView, token: string, error: string | null): Page {
  return page({
    title: error === null ? 'Open your pages' : 'Error: open your pages',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>Show your pages here?</h1>
<p>Tap the button, and this browser shows what you wrote until you close it with “Hide my notes on this device” or leave quickly.</p>
<form method="post" action="${paths.read(token)}" autocomplete="off">
${view.asksWord && readingWordField(error)}
<p><button class="button" type="submit">Show them here</button></p></form>
<p class="quiet">Do this only on a device that nobody else opens. The link works once.</p>
</div>`,
  })
}

function readingWordField(error: string | null): Html {
  return html`<div class="field">
<label for="word">Your reading word</label>
${error !== null && html`<p class="fault" id="fault-word" role="alert">${error}</p>`}
<input id="word" name="word" type="password" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="${MAX_READING_WORD_LENGTH}"${error !== null && html` aria-invalid="true" aria-describedby="fault-word"`}>
</div>`
}

export function sessionOpenedPage(view: ReadingOpened, now: number): Page {
  return page({
    title: 'Your pages',
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card">
<h1>Your pages are open here</h1>
${continueLink(view)}
<p>Choose a day. Your words are where you left them.</p>
${dayList(view.week, now)}
<form method="post" action="${paths.endSession()}"><p class="quiet">Done? <button class="text-button" type="submit">Hide my notes on this device</button></p></form>
</div>`,
  })
}

/** Back to the page that the link was requested for. */
function continueLink({ goal, token }: ReadingOpened): Html | null {
  if (token === null || goal === 'days' || goal === 'erase') return null
  const [href, label] =
    goal === 'start'
      ? [startPath(token), 'Continue to your starting point']
      : [`${paths.settings(token)}${goal === 'word' ? '#reading-word' : ''}`, 'Continue to your settings']
  return html`<p><a class="button" href="${href}">${label}</a></p>`
}

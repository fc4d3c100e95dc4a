import { startPath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import { MAX_READING_WORD_LENGTH } from '../../core/security/reading-word.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { Words } from '../../core/words.ts'
import type { ReadingOpened, ReadingView } from '../../flow/exercise/reading-link.ts'
import type { LinkGoal } from '../../flow/ports/security-ports.ts'
import { dayList } from '../page/day-list.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { hasQuickExit } from '../page/quick-exit-site.ts'

/** The response to a request for a link, whatever its outcome. */
export function readingLinkSentPage(words: Words, view: Pick<ReadingView, 'course' | 'discreet'>, token: string): Page {
  return page({
    title: words.say('writing.own-session.sent'),
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('writing.own-session.sent')}</h1>
<p>${words.say('writing.own-session.sent-body', { minutes: EMAILED_LINK_MINUTES })}</p>
<p class="quiet">${words.say('writing.own-session.sent-stopped')}</p>
<p><a class="button button-secondary" href="${paths.lesson(token)}">${words.say('writing.back')}</a></p>
</div>`,
  })
}

/**
 * One button, and the reading word if there is one. Opening the page shows nothing, because mail scanners follow links.
 */
export function openSessionPage(words: Words, view: ReadingView, token: string, error: string | null): Page {
  const exit = hasQuickExit(view.course) ? 'yes' : 'no'
  return page({
    title: words.say('writing.own-session.open'),
    isError: error !== null,
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('writing.own-session.open-heading')}</h1>
<p>${words.say('writing.own-session.open-body', { exit })}</p>
<form method="post" action="${paths.read(token)}" autocomplete="off">
${view.asksWord && readingWordField(words, error)}
<p><button class="button" type="submit">${words.say('writing.own-session.open-button')}</button></p></form>
<p class="quiet">${words.say('writing.own-session.open-once')}</p>
</div>`,
  })
}

function readingWordField(words: Words, error: string | null): Html {
  return html`<div class="field">
<label for="word">${words.say('writing.own-session.word')}</label>
${error !== null && html`<p class="fault" id="fault-word" role="alert">${error}</p>`}
<input id="word" name="word" type="password" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="${MAX_READING_WORD_LENGTH}"${error !== null && html` aria-invalid="true" aria-describedby="fault-word"`}>
</div>`
}

export function sessionOpenedPage(words: Words, view: ReadingOpened, now: number): Page {
  const button = (text: string) => html`<button class="text-button" type="submit">${text}</button>`
  return page({
    title: words.say('writing.own-session.title'),
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card">
<h1>${words.say('writing.own-session.opened')}</h1>
${continueLink(words, view)}
<p>${words.say('writing.own-session.choose-day')}</p>
${dayList(words, view.week, now)}
${view.token !== null && view.goal !== 'take' && html`<p class="quiet"><a href="${paths.take(view.token)}">${words.say('take.everything')}</a></p>`}
<form method="post" action="${paths.endSession()}"><p class="quiet">${marked(words.say('writing.own-session.done'), { button })}</p></form>
</div>`,
  })
}

interface GoalPage {
  readonly path: (token: string) => string
  readonly label: `writing.own-session.to-${'settings' | 'start' | 'take' | 'finished' | 'questions'}`
}

/** The page that a link was requested for, and the button that leads there; null where that is the list of days. */
const GOALS: { readonly [Goal in LinkGoal]: GoalPage | null } = {
  days: null,
  settings: { path: paths.settings, label: 'writing.own-session.to-settings' },
  start: { path: startPath, label: 'writing.own-session.to-start' },
  word: { path: (token) => `${paths.settings(token)}#reading-word`, label: 'writing.own-session.to-settings' },
  take: { path: paths.take, label: 'writing.own-session.to-take' },
  finished: { path: paths.finished, label: 'writing.own-session.to-finished' },
  questions: { path: paths.questions, label: 'writing.own-session.to-questions' },
  erase: null,
  back: null,
  address: null,
}

/** Back to the page that the link was requested for. */
function continueLink(words: Words, { goal, token }: ReadingOpened): Html | null {
  const target = GOALS[goal]
  if (token === null || target === null) return null
  return html`<p><a class="button" href="${target.path(token)}">${words.say(target.label)}</a></p>`
}

import { formatWhen } from '../../core/delivery/local-time.ts'
import type { Note } from '../../core/exercise/notes.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { SharingView } from '../../flow/views.ts'
import { questionFieldset, questionInputId } from '../assessment/question-fieldset.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { renderNotes } from './notes-view.ts'

/** Sharing a letter: a question, a day's wait, then paper or a file. Only the learner ever hands it over. */
export function sharePage(
  words: Words,
  view: SharingView,
  state: {
    readonly letter: readonly Note[]
    readonly preferNot: string
    readonly error: string | null
    readonly now: number
  },
): Page {
  return page({
    title: words.say('writing.share.title'),
    isError: state.error !== null,
    course: view.course,
    discreet: view.discreet,
    scripts: ['print.js'],
    main: html`<div class="card narrow share">
${view.state === 'ask' ? ask(words, view, state) : view.state === 'waiting' ? waiting(words, view, state.now) : ready(words, view, state.letter)}
<p class="no-print"><a class="text-button" href="${paths.lesson(view.token)}#exercise">${words.say('writing.share.back')}</a></p>
</div>`,
  })
}

function ask(words: Words, view: SharingView, { preferNot, error }: { preferNot: string; error: string | null }): Html {
  return html`<h1>${words.say('writing.share.title')}</h1>
<p>${words.say('writing.share.free')}</p>
<p>${words.say('writing.share.steps')}</p>
<form method="post" action="${paths.share(view.token)}" autocomplete="off">
${error !== null && summaryOf(words, [{ id: view.question && questionInputId(view.question.id), text: error }])}
${view.question !== null && html`${questionFieldset(words, view.question, view.variant.track, preferNot, error)}<p class="quiet">${words.say('writing.share.not-stored')}</p>`}
<p><button class="button" type="submit" name="do" value="ask">${words.say('writing.share.rest')}</button></p>
</form>`
}

function waiting(words: Words, view: SharingView, now: number): Html {
  const readyAt =
    view.readyAt !== null &&
    words.say('writing.share.ready-at', { when: formatWhen(words, view.readyAt, view.timeZone, now) })
  return html`<h1>${words.say('writing.share.waiting')}</h1>
<p>${readyAt} ${words.say('writing.share.until')}</p>
${sharingAdvice(words)}
${keep(words, view)}`
}

function ready(words: Words, view: SharingView, letter: readonly Note[]): Html {
  return html`<div class="no-print"><h1>${words.say('writing.share.ready')}</h1>
<p>${words.say('writing.share.read-once')}</p>
${sharingAdvice(words)}
<p class="notice notice-look">${words.say('writing.unprotected')}</p>
${
  letter.length === 0
    ? html`<p>${words.say('writing.share.not-here')}</p>`
    : html`<p><button class="button" type="button" data-print-now hidden>${words.say('writing.print')}</button> <a class="button button-secondary" href="${paths.letterFile(view.token)}">${words.say('writing.save-file')}</a></p>`
}
${keep(words, view)}</div>
<article class="prose letter">${renderNotes(letter)}</article>`
}

function sharingAdvice(words: Words): Html {
  return html`<p>${words.say('writing.share.good-time')}</p>`
}

function keep(words: Words, view: SharingView): Html {
  return html`<form method="post" action="${paths.share(view.token)}"><p><button class="button button-secondary" type="submit" name="do" value="keep">${words.say('writing.share.keep')}</button></p></form>`
}

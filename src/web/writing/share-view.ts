import type { Note } from '../../core/exercise/notes.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { SharingView } from '../../flow/views.ts'
import { questionFieldset, questionInputId } from '../assessment/question-fieldset.ts'
import { formatWhen } from '../page/english-time.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { EXPORT_WARNING, renderNotes } from './notes-view.ts'

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
    title: 'Before you share',
    isError: state.error !== null,
    course: view.course,
    discreet: view.discreet,
    scripts: ['print.js'],
    main: html`<div class="card narrow share">
${view.state === 'ask' ? ask(words, view, state) : view.state === 'waiting' ? waiting(view, state.now) : ready(view, state.letter)}
<p class="no-print"><a class="text-button" href="${paths.lesson(view.token)}#exercise">Back to your page</a></p>
</div>`,
  })
}

function ask(words: Words, view: SharingView, { preferNot, error }: { preferNot: string; error: string | null }): Html {
  return html`<h1>Before you share</h1>
<p>You never have to. A letter that stays with you counts just as much.</p>
<p>If you go on, it rests for 24 hours. Then you can print it or save it here, and hand it over yourself. We never send it to anyone.</p>
<form method="post" action="${paths.share(view.token)}" autocomplete="off">
${error !== null && summaryOf(words, [{ id: view.question && questionInputId(view.question.id), text: error }])}
${view.question !== null && html`${questionFieldset(words, view.question, view.variant.track, preferNot, error)}<p class="quiet">Your answer is not stored.</p>`}
<p><button class="button" type="submit" name="do" value="ask">Let it rest for a day</button></p>
</form>`
}

function waiting(view: SharingView, now: number): Html {
  return html`<h1>Your letter is resting until tomorrow</h1>
<p>It is ready ${view.readyAt === null ? '' : formatWhen(view.readyAt, view.timeZone, now)}. Until then you can read it again, change it, or decide to keep it.</p>
${sharingAdvice()}
${keep(view)}`
}

function ready(view: SharingView, letter: readonly Note[]): Html {
  return html`<div class="no-print"><h1>Ready, if you still want to</h1>
<p>Read it once more. If anything in you says no, keep it.</p>
${sharingAdvice()}
<p class="notice notice-look">${EXPORT_WARNING}</p>
${
  letter.length === 0
    ? html`<p>This browser may not show what was written. Open it in the browser that wrote it, or ask on your page for a link by email.</p>`
    : html`<p><button class="button" type="button" data-print-now hidden>Print</button> <a class="button button-secondary" href="${paths.letterFile(view.token)}">Save as a file</a></p>`
}
${keep(view)}</div>
<article class="prose letter">${renderNotes(letter)}</article>`
}

function sharingAdvice(): Html {
  return html`<p>A good time is when you are both calm and sober, no child is near, and nobody has to leave soon. If you are afraid of how it will be taken, keep it.</p>`
}

function keep(view: SharingView): Html {
  return html`<form method="post" action="${paths.share(view.token)}"><p><button class="button button-secondary" type="submit" name="do" value="keep">Keep it to myself</button></p></form>`
}

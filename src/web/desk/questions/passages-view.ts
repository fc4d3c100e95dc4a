import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import {
  MAX_PASSAGE_TEXT,
  MAX_PASSAGE_TITLE,
  type WrittenPassage,
} from '../../../flow/desk/questions/saved-passages.ts'
import type { SavedPassage } from '../../../flow/ports/answering-ports.ts'
import { type Html, html, on } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'

export interface PassagesView {
  readonly passages: readonly SavedPassage[]
  /** Those that this operator answers for. */
  readonly courses: readonly string[]
  /** What was done just now, from the query. */
  readonly done: string
  readonly error: string | null
  /** What was refused. */
  readonly written: WrittenPassage | null
}

const DONE = ['saved', 'removed'] as const

export function passagesPage(words: Words, { passages, courses, done, error, written }: PassagesView): DeskPage {
  const known = DONE.find((one) => one === done)
  const refused = (id: number | null) => (error !== null && written?.id === id ? { ...written, error } : null)
  return {
    title: words.say('desk.passages.title'),
    main: html`<p><a href="${deskPaths.questions()}">${words.say('desk.questions.back')}</a></p>
<h1>${words.say('desk.passages.title')}</h1>
${known !== undefined && html`<p class="notice" role="status">${words.say(`desk.passages.done.${known}`)}</p>`}
<p>${words.say('desk.passages.body')}</p>
${courses.map(
  (course) => html`<section aria-labelledby="of-${course}"><h2 id="of-${course}">${course}</h2>
${passages.filter((passage) => passage.course === course).map((passage) => fold(words, passage, refused(passage.id)))}</section>
`,
)}
<section class="card" aria-labelledby="new"><h2 id="new">${words.say('desk.passages.new')}</h2>
${form(words, 'new', courses, null, refused(null))}</section>`,
  }
}

type Refused = (WrittenPassage & { readonly error: string }) | null

function fold(words: Words, passage: SavedPassage, refused: Refused): Html {
  return html`<details class="fold"${on('open', refused !== null)}><summary>${passage.title}</summary>
${form(words, `passage-${passage.id}`, [], passage, refused)}
<form method="post" action="${deskPaths.removePassage()}"><input type="hidden" name="passage" value="${passage.id}"><button class="text-button text-destructive" type="submit">${words.say('desk.passages.remove')}<span class="away"> ${passage.title}</span></button></form></details>
`
}

/** `courses`: what a new passage can be for; `id` tells several forms of a page apart. */
function form(
  words: Words,
  id: string,
  courses: readonly string[],
  passage: SavedPassage | null,
  refused: Refused,
): Html {
  const { title = '', text = '' } = refused ?? passage ?? {}
  return html`<form method="post" action="${deskPaths.passages()}">
${refused !== null && html`<p class="fault" role="alert">${refused.error}</p>`}
${
  passage === null
    ? html`<div class="field"><label for="${id}-course">${words.say('desk.passages.course')}</label>
<select id="${id}-course" name="course">${courses.map((course) => html`<option${on('selected', course === refused?.course)}>${course}</option>`)}</select></div>`
    : html`<input type="hidden" name="passage" value="${passage.id}">`
}
<div class="field"><label for="${id}-title">${words.say('desk.passages.name')}</label>
<p class="hint" id="${id}-hint">${words.say('desk.passages.name-hint')}</p>
<input id="${id}-title" name="title" required maxlength="${MAX_PASSAGE_TITLE}" autocomplete="off" value="${title}" aria-describedby="${id}-hint"></div>
<div class="field"><label for="${id}-text">${words.say('desk.passages.text')}</label>
<textarea id="${id}-text" name="text" rows="6" required maxlength="${MAX_PASSAGE_TEXT}">${text}</textarea></div>
<p><button class="button" type="submit">${words.say('desk.passages.save')}</button></p>
</form>`
}

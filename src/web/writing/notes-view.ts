import type { Answer, Answers } from '../../core/course/fields/field-definition.ts'
import { definitionOf, type Field } from '../../core/course/fields/field-types.ts'
import { fits } from '../../core/exercise/former-answers.ts'
import { letterOf, type Note, notesOf } from '../../core/exercise/notes.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { NotesView, WrittenText } from '../../flow/views.ts'
import { earlierAnswers, exerciseFields, LETTER_VERSION } from '../exercise/fields/exercise-fields.ts'
import { savedAtLabel } from '../exercise/saved-at-label.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** Everything this browser may read of a day, laid out for print. */
export function notesPage(words: Words, view: NotesView, now: number): Page {
  const notes = notesOfView(words, view, now)
  return page({
    title: words.say('writing.notes.title'),
    course: view.course,
    discreet: view.discreet,
    scripts: ['print.js'],
    main: html`<article class="prose notes">
<h1>${view.lesson.exercise.title}</h1>
<div class="no-print">
<p class="notice notice-look">${words.say('writing.unprotected')}</p>
<p><button class="button" type="button" data-print-now hidden>${words.say('writing.print')}</button> <a class="button button-secondary" href="${paths.file(view.token)}">${words.say('writing.save-file')}</a> <a class="text-button" href="${paths.take(view.token)}">${words.say('take.everything')}</a> <a class="text-button" href="${paths.lesson(view.token)}#exercise">${words.say('writing.back')}</a></p>
<noscript><p class="quiet">${words.say('writing.print-menu')}</p></noscript>
</div>
${notes.length === 0 ? html`<p>${words.say('writing.notes.nothing')}</p>` : renderNotes(notes)}
</article>`,
  })
}

/** `now` in ms UTC: dates of another year include the year. `mark`: the line above each of several texts of a field. */
export function notesOfView(
  words: Words,
  view: NotesView,
  now: number,
  mark = (text: WrittenText) => savedAtLabel(words, text, view.timeZone, now),
): readonly Note[] {
  const fields = writtenFields(words, view)
  const texts = Object.entries(view.texts)
  const othersOf = (id: string, kept: readonly WrittenText[]) =>
    kept
      .filter(({ value }) => isFitting(view, fields, id, value))
      .map((text) => ({ mark: mark(text), value: text.value }))
  const notes = notesOf(words, fields, fittingAnswers(view, fields), {
    earlier: view.earlier,
    marks: Object.fromEntries(texts.map(([id, text]) => [id, mark(text)])),
    others: Object.fromEntries(texts.map(([id, { kept }]) => [id, othersOf(id, kept)])),
  })
  const earlier = earlierAnswers(words, view).map(({ label, lines }) => ({
    label: words.say('writing.notes.earlier', { label }),
    lines,
  }))
  return [...notes, ...earlier]
}

export function letterOfView(words: Words, view: NotesView): readonly Note[] {
  const fields = writtenFields(words, view)
  return letterOf(words, fields, fittingAnswers(view, fields))
}

/** What was written in the learner's own words, text by text: no sliders, and no answers that the course words. */
export function ownTextsOf(words: Words, view: NotesView): readonly string[] {
  const fields = writtenFields(words, view).filter(({ type }) => OWN_WORDS.includes(definitionOf(type).kind))
  return notesOf(words, fields, fittingAnswers(view, fields)).flatMap(({ lines }) => lines)
}

/** Kinds of fields (FieldDefinition) whose answers are the learner's own words. */
const OWN_WORDS = ['writing', 'sentence']

/** Only answers given to the current kind of field; the others appear under their old label. */
function fittingAnswers(view: NotesView, fields: readonly Field[]): Answers {
  return Object.fromEntries(Object.entries(view.answers).filter(([id, value]) => isFitting(view, fields, id, value)))
}

function isFitting({ written }: NotesView, fields: readonly Field[], id: string, value: Answer): boolean {
  const field = fields.find((one) => one.id === id)
  const then = written.findLast((one) => one.field === id && JSON.stringify(one.value) === JSON.stringify(value))
  return field !== undefined && fits(field, then ?? { value, look: null })
}

/** Leaves out who a letter is for, which is not part of what was written. */
export function writtenFields(words: Words, view: NotesView): readonly Field[] {
  return exerciseFields(words, { ...view, mayShare: false }).filter(({ id }) => id !== LETTER_VERSION)
}

export function renderNotes(notes: readonly Note[]): Html {
  return html`${notes.map(
    ({ label, lines }) => html`<section class="written"><h2>${label}</h2>
${lines.map((line) => html`<p>${line}</p>\n`)}</section>
`,
  )}`
}

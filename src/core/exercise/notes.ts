import type { Answer, Answers, EarlierAnswers } from '../course/fields/field-definition.ts'
import { definitionOf, type Field } from '../course/fields/field-types.ts'
import { MOOD_IDS } from '../course/mood-fields.ts'
import type { Words } from '../words.ts'

/** The sentences of the service around what was written. */
type Sentences = Pick<Words, 'of'>

/** What was written in one field, as readable text. */
export interface Note {
  readonly label: string
  /** At least one. */
  readonly lines: readonly string[]
}

export interface NotesContext {
  readonly earlier: EarlierAnswers
  /** By field: other texts from another tab or device, each under a line that says when it was written. */
  readonly others: Readonly<Record<string, readonly OtherText[]>>
  /** By field: the line above its newest text, if there are other texts. */
  readonly marks: Readonly<Record<string, string>>
}

export interface OtherText {
  readonly mark: string
  readonly value: Answer
}

/** Everything that was written, in field order; empty fields are left out. */
export function notesOf(
  words: Sentences,
  fields: readonly Field[],
  answers: Answers,
  context: NotesContext = { earlier: {}, others: {}, marks: {} },
): Note[] {
  return fields.flatMap((field) => {
    const own = <T>(record: Readonly<Record<string, T>>) =>
      Object.hasOwn(record, field.id) ? record[field.id] : undefined
    const read = (answer: Answer) => linesOf(words, field, answer, context.earlier).filter((line) => line.trim() !== '')
    const answer = own(answers)
    const lines = answer === undefined ? [] : read(answer)
    const others = (own(context.others) ?? [])
      .map(({ mark, value }) => ({ mark, text: read(value) }))
      .filter(({ text }) => text.length > 0)
    const mark = lines.length > 0 && others.length > 0 ? [own(context.marks) ?? []].flat() : []
    const all = [...mark.map(headed), ...lines, ...others.flatMap((other) => [headed(other.mark), ...other.text])]
    return all.length === 0 ? [] : [{ label: field.label, lines: all }]
  })
}

function headed(mark: string): string {
  return `${mark}:`
}

/** The notes a letter to someone else contains: no sliders, and nothing the course keeps private (`not-shared`). */
export function letterOf(words: Sentences, fields: readonly Field[], answers: Answers): Note[] {
  return notesOf(
    words,
    fields.filter((field) => definitionOf(field.type).isForLetters && !field.notShared && !MOOD_IDS.includes(field.id)),
    answers,
  )
}

/** Plain text with CRLF line ends, which every editor can read. */
export function notesAsText(title: string, notes: readonly Note[]): string {
  const parts = notes.map(({ label, lines }) => `${label}\n${lines.join('\n')}`)
  return `${[title, ...parts].join('\n\n')}\n`.replaceAll('\n', '\r\n')
}

/** One answer in the words of its field; empty if the field has no words for it. */
export function linesOf(words: Sentences, field: Field, answer: Answer, earlier: EarlierAnswers): readonly string[] {
  const lines = definitionOf(field.type).lines(field, answer, earlier)
  return lines.map((line) => (typeof line === 'string' ? line : words.of(line)))
}

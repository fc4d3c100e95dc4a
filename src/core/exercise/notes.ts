import type { Answer, Answers, EarlierAnswers } from '../course/fields/field-definition.ts'
import { definitionOf, type Field } from '../course/fields/field-types.ts'
import { MOOD_FIELDS } from '../course/mood-fields.ts'

/** What was written in one field, as a person would read it. */
export interface Note {
  readonly label: string
  /** At least one. */
  readonly lines: readonly string[]
}

export interface NotesContext {
  readonly earlier: EarlierAnswers
  /** By field: what else was written for it, in another tab or on another device, each under a line that says when. */
  readonly others: Readonly<Record<string, readonly OtherText[]>>
  /** By field: the line over its newest text, where there are others. */
  readonly marks: Readonly<Record<string, string>>
}

export interface OtherText {
  readonly mark: string
  readonly value: Answer
}

/** Everything that was written, field by field, in order; empty fields are left out. */
export function notesOf(
  fields: readonly Field[],
  answers: Answers,
  context: NotesContext = { earlier: {}, others: {}, marks: {} },
): Note[] {
  return fields.flatMap((field) => {
    const own = <T>(record: Readonly<Record<string, T>>) =>
      Object.hasOwn(record, field.id) ? record[field.id] : undefined
    const read = (answer: Answer) => linesOf(field, answer, context.earlier).filter((line) => line.trim() !== '')
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

/** What of it a letter to someone else holds: neither sliders nor what the course keeps out (`not-shared`). */
export function letterOf(fields: readonly Field[], answers: Answers): Note[] {
  const moods: readonly string[] = MOOD_FIELDS.map(({ id }) => id)
  return notesOf(
    fields.filter((field) => definitionOf(field.type).isForLetters && !field.notShared && !moods.includes(field.id)),
    answers,
  )
}

/** As the text of a file: CRLF, which every editor reads. */
export function notesAsText(title: string, notes: readonly Note[]): string {
  const parts = notes.map(({ label, lines }) => `${label}\n${lines.join('\n')}`)
  return `${[title, ...parts].join('\n\n')}\n`.replaceAll('\n', '\r\n')
}

/** One answer in the words of its field; empty where it has none for it. */
export function linesOf(field: Field, answer: Answer, earlier: EarlierAnswers): readonly string[] {
  return definitionOf(field.type).lines(field, answer, earlier)
}

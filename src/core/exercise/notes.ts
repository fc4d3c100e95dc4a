import type { Answer, Answers, Field } from '../course/course.ts'
import { MOOD_FIELDS } from '../course/mood-fields.ts'

/** What was written in one field, as a person would read it. */
export interface Note {
  readonly label: string
  /** At least one. */
  readonly lines: readonly string[]
}

export interface NotesContext {
  /** By day, for `repeat`. */
  readonly earlier: Readonly<Record<number, Answers>>
  /** By field: what else was written for it, in another tab or on another device, each under a line that says when. */
  readonly others: Readonly<Record<string, readonly OtherText[]>>
  /** By field: the line over its newest text, where there are others. */
  readonly marks: Readonly<Record<string, string>>
}

export interface OtherText {
  readonly mark: string
  readonly value: Answer
}

/** Kinds of field that belong in a letter to someone; sliders and sorting are the writer's own. */
const LETTER_TYPES: readonly Field['type'][] = ['text', 'long', 'sentence', 'checklist', 'date']

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
    fields.filter((field) => LETTER_TYPES.includes(field.type) && !field.notShared && !moods.includes(field.id)),
    answers,
  )
}

/** As the text of a file: CRLF, which every editor reads. */
export function notesAsText(title: string, notes: readonly Note[]): string {
  const parts = notes.map(({ label, lines }) => `${label}\n${lines.join('\n')}`)
  return `${[title, ...parts].join('\n\n')}\n`.replaceAll('\n', '\r\n')
}

/** One answer in the words of its field; empty where it has none for it. `earlier`: by day, for `repeat`. */
export function linesOf(field: Field, answer: Answer, earlier: Readonly<Record<number, Answers>>): string[] {
  switch (field.type) {
    case 'text':
    case 'long':
    case 'date':
    case 'time':
      return String(answer).split('\n')
    case 'scale':
      return [`${answer}${endsOf(field)}`]
    case 'choice':
      return [labelOf(field.options, String(answer))]
    case 'checklist':
      return Array.isArray(answer) ? answer.map((id) => `- ${labelOf(field.options, id)}`) : []
    case 'sorting':
      return field.items.flatMap(({ id, text }) => {
        const bin = partOf(answer, id)
        return bin === '' ? [] : [`${text} ${labelOf(field.bins, bin)}`]
      })
    case 'sentence':
      return [sentenceOf(field, answer)]
    case 'repeat':
      return (field.scales ?? []).flatMap(({ id, label }) => {
        const now = partOf(answer, id)
        const then = earlier[field.day]?.[id]
        return now === ''
          ? []
          : [`${label}: ${now}${typeof then === 'number' ? ` (on day ${field.day}: ${then})` : ''}`]
      })
    case 'note':
      return []
  }
}

function endsOf({ min, max, low, high }: Extract<Field, { type: 'scale' }>): string {
  return low === '' && high === '' ? '' : ` (${min} is ${low}, ${max} is ${high})`
}

/** Blanks left empty stay visible; with every blank empty there is no sentence. */
function sentenceOf(field: Extract<Field, { type: 'sentence' }>, answer: Answer): string {
  const filled = field.parts.some((part) => 'blank' in part && partOf(answer, part.blank) !== '')
  if (!filled) return ''
  return field.parts.map((part) => ('text' in part ? part.text : partOf(answer, part.blank) || '...')).join('')
}

function partOf(answer: Answer, id: string): string {
  if (typeof answer !== 'object' || Array.isArray(answer)) return ''
  const parts = answer as Readonly<Record<string, string>>
  return Object.hasOwn(parts, id) ? (parts[id] ?? '').trim() : ''
}

function labelOf(options: readonly { readonly id: string; readonly label: string }[], id: string): string {
  return options.find((option) => option.id === id)?.label ?? id
}

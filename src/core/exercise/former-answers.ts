import type { Answer, AnswerShape } from '../course/fields/field-definition.ts'
import { definitionOf, type Field } from '../course/fields/field-types.ts'
import type { Phrase, Words } from '../words.ts'
import { linesOf, type Note } from './notes.ts'

/**
 * `look`: the field as it was when the answer was given, because the author may have changed it since; null if unknown.
 */
export interface Written {
  readonly field: string
  readonly value: Answer
  readonly look: Field | null
}

/** Whether a field can show and change this answer, that is, whether it still has the kind the answer was given to. */
export function fits(field: Field, { value, look }: Pick<Written, 'value' | 'look'>): boolean {
  const { kind, shape } = definitionOf(field.type)
  return (look === null || definitionOf(look.type).kind === kind) && shapeOf(value) === shape
}

/** For comparing what two fields say. */
const IN_ANY_LANGUAGE = { of: (phrase: Phrase) => JSON.stringify(phrase) }

/** Whether the field no longer fits the answer, or would now present it in different words. */
export function isFormer(field: Field | undefined, written: Written): boolean {
  if (field === undefined || !fits(field, written)) return true
  const { look, value } = written
  if (look === null) return definitionOf(field.type).holds?.(field, value) === false
  const said = (one: Field) => plain([one.label, ...linesOf(IN_ANY_LANGUAGE, one, value, {})].join('\n'))
  return said(field) !== said(look)
}

/** Answers whose field has been changed or removed, under the label they were given to; each once, in their order. */
export function formerNotes(words: Pick<Words, 'of'>, fields: readonly Field[], written: readonly Written[]): Note[] {
  const notes = new Map<string, Note>()
  for (const one of written) {
    const field = fields.find(({ id }) => id === one.field)
    if (!isFormer(field, one)) continue
    const lines = one.look === null ? plainLines(one.value) : linesOf(words, one.look, one.value, {})
    const note = { label: one.look?.label || inWords(one.field), lines: lines.filter((line) => line.trim() !== '') }
    if (note.lines.length > 0) notes.set(JSON.stringify(note), note)
  }
  return [...notes.values()]
}

function shapeOf(value: Answer): AnswerShape {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return Array.isArray(value) ? 'list' : 'parts'
}

function plainLines(value: Answer): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return String(value).split('\n')
  if (Array.isArray(value)) return value.map((id) => `- ${inWords(String(id))}`)
  return Object.entries(value).map(([id, text]) => `${inWords(id)}: ${text}`)
}

/** "ask-met" becomes "Ask met". */
function inWords(id: string): string {
  const words = id.replaceAll(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A change of punctuation or capitals does not make it a different question. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

import type { Answer, Field } from '../course/course.ts'
import { linesOf, type Note } from './notes.ts'

/** `look`: the field as it was when the answer was given, which the author may have changed since; null where not known. */
export interface Written {
  readonly field: string
  readonly value: Answer
  readonly look: Field | null
}

const OWN_TEXT: readonly Field['type'][] = ['text', 'long', 'date', 'time']
/** A line and a longer text hold the same. */
const WRITING: readonly Field['type'][] = ['text', 'long']

function linesIn(field: Field, value: Answer): readonly string[] {
  return OWN_TEXT.includes(field.type) ? plainLines(value) : linesOf(field, value, {})
}

/** Whether a field can show and change this answer: the field still is of the kind it was given to. */
export function fits(field: Field, { value, look }: Pick<Written, 'value' | 'look'>): boolean {
  const isSameKind =
    look === null || look.type === field.type || (WRITING.includes(look.type) && WRITING.includes(field.type))
  return isSameKind && shapeOf(value) === SHAPES[field.type]
}

/** Whether the field, as it is now, says less or something else of the answer than was said when it was given. */
export function isFormer(field: Field | undefined, written: Written): boolean {
  if (field === undefined || !fits(field, written)) return true
  const { look, value } = written
  if (look === null) return !isWhole(field, value)
  const said = (one: Field) => plain([one.label, ...linesIn(one, value)].join('\n'))
  return said(field) !== said(look)
}

/** Answers whose field was changed or removed, under the label they were given to, each once and in the order they come. */
export function formerNotes(fields: readonly Field[], written: readonly Written[]): Note[] {
  const notes = new Map<string, Note>()
  for (const one of written) {
    const field = fields.find(({ id }) => id === one.field)
    if (!isFormer(field, one)) continue
    const lines = one.look === null ? plainLines(one.value) : linesIn(one.look, one.value)
    const note = { label: one.look?.label || inWords(one.field), lines: lines.filter((line) => line.trim() !== '') }
    if (note.lines.length > 0) notes.set(JSON.stringify(note), note)
  }
  return [...notes.values()]
}

type Shape = 'text' | 'number' | 'list' | 'parts'

const SHAPES: Readonly<Record<Field['type'], Shape | null>> = {
  text: 'text',
  long: 'text',
  date: 'text',
  time: 'text',
  choice: 'text',
  scale: 'number',
  checklist: 'list',
  sorting: 'parts',
  sentence: 'parts',
  repeat: 'parts',
  note: null,
}

function shapeOf(value: Answer): Shape {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return Array.isArray(value) ? 'list' : 'parts'
}

/** Whether everything of an old answer still has a place in its field. */
function isWhole(field: Field, value: Answer): boolean {
  const among = (ids: readonly string[], given: readonly string[]) => given.every((id) => ids.includes(id))
  const parts = (ids: readonly string[]) => among(ids, Object.keys(value as object))
  switch (field.type) {
    case 'scale':
      return Number(value) >= field.min && Number(value) <= field.max
    case 'choice':
      return value === '' || among(idsOf(field.options), [String(value)])
    case 'checklist':
      return among(idsOf(field.options), value as readonly string[])
    case 'sorting':
      return parts(idsOf(field.items)) && among(idsOf(field.bins), Object.values(value as object))
    case 'sentence':
      return parts(field.parts.flatMap((part) => ('blank' in part ? [part.blank] : [])))
    case 'repeat':
      return parts(field.fields)
    default:
      return true
  }
}

function idsOf(things: readonly { readonly id: string }[]): readonly string[] {
  return things.map(({ id }) => id)
}

function plainLines(value: Answer): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return String(value).split('\n')
  if (Array.isArray(value)) return value.map((id) => `- ${inWords(String(id))}`)
  return Object.entries(value).map(([id, text]) => `${inWords(id)}: ${text}`)
}

/** "ask-met" is "Ask met". */
function inWords(id: string): string {
  const words = id.replaceAll(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A comma or a capital more makes no other question. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

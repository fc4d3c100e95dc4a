import type { Answer, Field, ScaleField } from '../course/course.ts'

export interface GivenAnswers {
  /** Only fields that were given, and given rightly. */
  readonly answers: Record<string, Answer>
  /** For each of these, the version that the page had; 0 for none. */
  readonly base: Record<string, number>
  /** Field id to a sentence for the person who filled it in. */
  readonly faults: Record<string, string>
}

type Body = Readonly<Record<string, unknown>>
/** An answer, a sentence saying what is wrong with it, or null where the field was not given. */
type Read = { readonly answer: Answer } | { readonly fault: string } | null

const NOT_OFFERED = 'Please choose one of the options. Reload the page if they are not shown.'

/**
 * Reads a form or a JSON body: `f.<field>`, for a checklist repeated, for sorting, sentences and repeated sliders
 * `f.<field>.<item>`; `v.<field>` is the version the page had. Keys that belong to no field are ignored; a field without
 * a key is not touched. A checklist given by its version alone, or by an empty value, has nothing ticked.
 */
export function readAnswers(fields: readonly Field[], body: Body): GivenAnswers {
  const answers: Record<string, Answer> = {}
  const base: Record<string, number> = {}
  const faults: Record<string, string> = {}
  for (const field of fields) {
    const read = readField(field, body)
    if (read === null) continue
    if ('fault' in read) {
      faults[field.id] = read.fault
      continue
    }
    answers[field.id] = read.answer
    base[field.id] = readVersion(valueAt(body, `v.${field.id}`))
  }
  return { answers, base, faults }
}

function readField(field: Field, body: Body): Read {
  const given = valueAt(body, `f.${field.id}`)
  switch (field.type) {
    case 'text':
      return readText(given, field.max, false)
    case 'long':
      return readText(given, field.max, true)
    case 'scale':
      return readScale(given, field)
    case 'checklist':
      return readTicks(
        given ?? (Object.hasOwn(body, `v.${field.id}`) ? '' : undefined),
        field.options.map(({ id }) => id),
      )
    case 'choice':
      return readOneOf(
        given,
        field.options.map(({ id }) => id),
      )
    case 'sorting':
      return readParts(
        field.id,
        field.items.map(({ id }) => id),
        body,
        (value) =>
          readOneOf(
            value,
            field.bins.map(({ id }) => id),
          ),
      )
    case 'sentence':
      return readParts(
        field.id,
        field.parts.flatMap((part) => ('blank' in part ? [part.blank] : [])),
        body,
        (value) => readText(value, field.max, false),
      )
    case 'date':
      return readPattern(given, isDate, 'Please give the day as year-month-day, for example 2026-11-22.')
    case 'time':
      return readPattern(given, isTime, 'Please give the time as hours and minutes, for example 18:30.')
    case 'repeat':
      return readParts(field.id, field.fields, body, (value, id) =>
        readScale(value, field.scales?.find((scale) => scale.id === id) ?? ANY_SCALE),
      )
    case 'note':
      return null
  }
}

const ANY_SCALE: Pick<ScaleField, 'min' | 'max' | 'step'> = { min: -100, max: 1_000 }

/** Never a property that every object has: `constructor` is a possible field id. */
function valueAt(body: Body, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined
}

/** Longer than any field takes, whatever is left out of it. */
const LONGEST_TEXT = 200_000

function readText(value: unknown, max: number, lines: boolean): Read {
  if (value === undefined) return null
  if (typeof value !== 'string' && typeof value !== 'number') return { fault: 'Please write this as text.' }
  const given = String(value)
  if (given.length > LONGEST_TEXT) return { fault: tooLong(given.length - max, max) }
  const text = tidy(given, lines)
  if (text.length <= max) return { answer: text }
  return { fault: tooLong(text.length - max, max) }
}

function tooLong(by: number, max: number): string {
  return `This is ${by} characters too long: up to ${max} fit here.`
}

/** Browsers send CRLF and count one character. Control characters are of no use and upset what shows them. */
function tidy(text: string, lines: boolean): string {
  const unix = text.toWellFormed().replace(/\r\n?/g, '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return (lines ? unix : unix.replace(/\n+/g, ' ')).replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '')
}

function readScale(value: unknown, { min, max, step = 1 }: Pick<ScaleField, 'min' | 'max' | 'step'>): Read {
  if (value === undefined || value === '') return null
  const number = typeof value === 'string' && /^-?\d{1,4}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) {
    if ((number - min) % step === 0) return { answer: number }
    return { fault: `Please choose one of the steps: ${min}, ${min + step} and so on.` }
  }
  return { fault: `Please choose a whole number from ${min} to ${max}.` }
}

function readTicks(value: unknown, ids: readonly string[]): Read {
  if (value === undefined) return null
  const ticked = (Array.isArray(value) ? value : [value]).filter((one) => one !== '')
  if (ticked.some((one) => !ids.includes(one))) return { fault: NOT_OFFERED }
  return { answer: ids.filter((id) => ticked.includes(id)) }
}

function readOneOf(value: unknown, ids: readonly string[]): Read {
  if (value === undefined) return null
  return typeof value === 'string' && (value === '' || ids.includes(value)) ? { answer: value } : { fault: NOT_OFFERED }
}

/** Parts left empty are left out, so that an answer without parts is an empty one. */
function readParts(
  fieldId: string,
  partIds: readonly string[],
  body: Body,
  read: (value: unknown, id: string) => Read,
): Read {
  const keys = partIds.filter((id) => Object.hasOwn(body, `f.${fieldId}.${id}`))
  if (keys.length === 0) return null
  const parts: Record<string, string> = {}
  for (const id of keys) {
    const part = read(valueAt(body, `f.${fieldId}.${id}`), id)
    if (part === null) continue
    if ('fault' in part) return part
    if (part.answer !== '') parts[id] = String(part.answer)
  }
  return { answer: parts }
}

function readPattern(value: unknown, fits: (text: string) => boolean, fault: string): Read {
  if (value === undefined) return null
  return typeof value === 'string' && (value === '' || fits(value)) ? { answer: value } : { fault }
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (match === null) return false
  const date = new Date(`${text}T00:00:00Z`)
  // The 30th of February would be taken for a day in March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** Some browsers add seconds. */
function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)
}

/** A version that makes no sense counts as none, so that what another tab wrote is kept rather than replaced. */
function readVersion(value: unknown): number {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  if (typeof last !== 'string' && typeof last !== 'number') return 0
  return /^\d{1,9}$/.test(String(last)) ? Number(last) : 0
}

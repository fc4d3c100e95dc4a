import { type Phrase, phrase } from '../../words.ts'
import type { Answer, Given, ReadAnswer } from './field-definition.ts'

const NOT_OFFERED = phrase('exercise.choose-option')

/** More than the maximum of any field. */
const LONGEST_TEXT = 200_000

export function readText(value: unknown, max: number, lines: boolean): ReadAnswer {
  if (value === undefined) return null
  if (typeof value !== 'string' && typeof value !== 'number') return { error: phrase('exercise.not-text') }
  const given = String(value)
  if (given.length > LONGEST_TEXT) return { error: tooLong(given.length - max, max) }
  const text = tidy(given, lines)
  if (text.length <= max) return { answer: text }
  return { error: tooLong(text.length - max, max) }
}

function tooLong(over: number, max: number): Phrase {
  return phrase('exercise.text-too-long', { over, max })
}

/** Browsers send CRLF but count it as one character. Control characters are useless and may break the display. */
function tidy(text: string, lines: boolean): string {
  const unix = text.toWellFormed().replace(/\r\n?/g, '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return (lines ? unix : unix.replace(/\n+/g, ' ')).replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '')
}

/** One of these ids, or empty text. */
export function readOneOf(value: unknown, ids: readonly string[]): ReadAnswer {
  if (value === undefined) return null
  return typeof value === 'string' && (value === '' || ids.includes(value)) ? { answer: value } : { error: NOT_OFFERED }
}

/** Some of these ids, in the order of the list. */
export function readTicks(value: unknown, ids: readonly string[]): ReadAnswer {
  if (value === undefined) return null
  const ticked = (Array.isArray(value) ? value : [value]).filter((one) => one !== '')
  if (ticked.some((one) => !ids.includes(one))) return { error: NOT_OFFERED }
  return { answer: ids.filter((id) => ticked.includes(id)) }
}

/** Omits empty parts, so that an answer without parts is empty. */
export function readParts(
  given: Given,
  ids: readonly string[],
  read: (value: unknown, id: string) => ReadAnswer,
): ReadAnswer {
  const sent = ids.filter((id) => given.part(id) !== undefined)
  if (sent.length === 0) return null
  const parts: Record<string, string> = {}
  for (const id of sent) {
    const part = read(given.part(id), id)
    if (part === null) continue
    if ('error' in part) return part
    if (part.answer !== '') parts[id] = String(part.answer)
  }
  return { answer: parts }
}

/** Matching text, or empty text. */
export function readPattern(value: unknown, fits: (text: string) => boolean, error: Phrase): ReadAnswer {
  if (value === undefined) return null
  return typeof value === 'string' && (value === '' || fits(value)) ? { answer: value } : { error }
}

/** A part of an answer; empty if there is none. */
export function partOf(answer: Answer, id: string): string {
  if (typeof answer !== 'object' || Array.isArray(answer)) return ''
  const parts = answer as Readonly<Record<string, string>>
  return Object.hasOwn(parts, id) ? (parts[id] ?? '').trim() : ''
}

/** The ids of an answer's parts; empty if it has no parts. */
export function partIdsOf(answer: Answer): readonly string[] {
  return typeof answer === 'object' && !Array.isArray(answer) ? Object.keys(answer) : []
}

export function linesOfText(answer: Answer): readonly string[] {
  return String(answer).split('\n')
}

import { NO_PICTURES, pictureLines } from './find-links.ts'
import { isEmptyWithoutName, unknownPlaceholders } from './placeholders.ts'
import type { SourcePositions, YamlReader } from './yaml-reader.ts'

/** Shared by the parsers of one course's files. */
export interface ReadContext {
  /** Valid audience names; null if course.yaml could not be parsed, so that they cannot be checked. */
  readonly audiences: readonly string[] | null
  /** Tracks only, for checks that every reader gets something. */
  readonly tracks: readonly string[]
  readonly overlays: readonly string[]
  readonly positions: SourcePositions
}

/** The value of a key that `keys()` has ensured. */
export function at(keys: Map<string, YamlReader>, name: string): YamlReader {
  const reader = keys.get(name)
  if (!reader) throw new RangeError(`"${name}" was not among the required keys.`)
  return reader
}

/** Text without placeholders, because they would not be filled. */
export function plain(reader: YamlReader): string {
  const text = reader.text()
  if (/\{\{|\}\}/.test(text)) {
    reader.report(`${reader.name} has a placeholder, which is not supported here.`, 'Write it without double braces.')
  }
  if (pictureLines(text).length > 0) reader.report(`${reader.name} has a picture in it.`, NO_PICTURES)
  return text
}

/** One line of text that may use placeholders. */
export function line(reader: YamlReader): string {
  const text = reader.text()
  for (const found of unknownPlaceholders(text)) {
    reader.report(`"${found.text}" is not a placeholder.`, 'Use {{name}}, {{, name}} or {{weekday}}.')
  }
  if (/[\p{Cc}]/u.test(text)) reader.report(`${reader.name} has more than one line.`, 'Write it on one line.')
  if (text !== '' && isEmptyWithoutName(text)) {
    reader.report(`${reader.name} is empty for a learner who gave no name.`, 'Write some words beside the placeholder.')
  }
  return text
}

/** A non-empty list of texts. */
export function readTextList(reader: YamlReader): string[] {
  const items = reader.list()
  if (items.length === 0) reader.report(`${reader.name} is empty.`, 'Give at least one entry.')
  return items.map(plain)
}

export function optionalText(reader: YamlReader | undefined): string {
  return reader === undefined ? '' : plain(reader)
}

/** Names of tracks or overlays, or `common`. */
export function readAudiences(reader: YamlReader | undefined, { audiences }: ReadContext): string[] {
  const names = reader?.texts() ?? []
  if (reader !== undefined && names.length === 0) {
    reader.report(`${reader.name} has no names.`, 'Name tracks or overlays, or leave the key out.')
  }
  for (const name of names) {
    if (audiences !== null && !audiences.includes(name)) {
      reader?.report(`"${name}" is not a track or overlay of this course.`, `Use one of: ${audiences.join(', ')}.`)
    }
  }
  return names
}

/** Reports a problem for every repeated id. */
export function checkUnique(items: readonly { readonly id: string }[], what: string, positions: SourcePositions): void {
  const seen = new Set<string>()
  for (const item of items) {
    if (item.id !== '' && seen.has(item.id)) {
      positions.get(item)?.report(`The ${what} "${item.id}" is used twice.`, 'Give each its own id.')
    }
    seen.add(item.id)
  }
}

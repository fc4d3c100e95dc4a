import { NO_PICTURES, pictureLines } from './find-links.ts'
import { isEmptyWithoutName, unknownPlaceholders } from './placeholders.ts'
import type { SourcePositions, YamlReader } from './yaml-reader.ts'

/** What the readers of one course's files share. */
export interface ReadContext {
  /** Names that text and fields can be for; null when the course file could not be read, and nothing can be said. */
  readonly audiences: readonly string[] | null
  /** Tracks alone, for checks that every reader gets something. */
  readonly tracks: readonly string[]
  readonly overlays: readonly string[]
  readonly positions: SourcePositions
}

/** The value of a key that `keys()` has made sure of. */
export function at(keys: Map<string, YamlReader>, name: string): YamlReader {
  const reader = keys.get(name)
  if (!reader) throw new RangeError(`"${name}" was not among the required keys.`)
  return reader
}

/** Text that is shown as it stands: a placeholder in it would be shown too. */
export function plain(reader: YamlReader): string {
  const text = reader.text()
  if (/\{\{|\}\}/.test(text)) {
    reader.report(`${reader.name} has a placeholder, and none is filled here.`, 'Write it without double braces.')
  }
  if (pictureLines(text).length > 0) reader.report(`${reader.name} has a picture in it.`, NO_PICTURES)
  return text
}

/** Text on one line that may use the placeholders of the format. */
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

/** One text after another, at least one. */
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
    reader.report(`${reader.name} names nobody.`, 'Name tracks or overlays, or leave the key out.')
  }
  for (const name of names) {
    if (audiences !== null && !audiences.includes(name)) {
      reader?.report(`"${name}" is no track or overlay of this course.`, `Use one of: ${audiences.join(', ')}.`)
    }
  }
  return names
}

/** Notes a problem for every id that came before. */
export function checkUnique(items: readonly { readonly id: string }[], what: string, positions: SourcePositions): void {
  const seen = new Set<string>()
  for (const item of items) {
    if (item.id !== '' && seen.has(item.id)) {
      positions.get(item)?.report(`The ${what} "${item.id}" comes twice.`, 'Give each an id of its own.')
    }
    seen.add(item.id)
  }
}

import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../errors.ts'

export interface Message {
  /** In ICU MessageFormat. */
  readonly text: string
  /** 1-based. */
  readonly line: number
  /** Placeholders by name. `choice`: what a select offers; numbers are what plurals count. */
  readonly placeholders: ReadonlyMap<string, 'text' | 'number' | 'choice'>
}

/** One file of locales/. Keys are joined with dots: `delivery.when.today`. */
export interface Catalogue {
  readonly file: string
  readonly messages: ReadonlyMap<string, Message>
}

const KEY = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** What a file says, in its order: groups with entries of their own, and messages. Null: neither. */
interface Entry {
  readonly name: string
  readonly line: number
  readonly value: string | readonly Entry[] | null
}

/**
 * Parses a file of locales/: JSON objects inside each other, with messages as their leaves. Problems are appended to
 * `problems`; messages with problems are left out.
 */
export function parseCatalogue(file: string, text: string, problems: Problem[]): Catalogue {
  const messages = new Map<string, Message>()
  const content = readStrictly(text) ?? readWithProblems(file, text, problems)
  if (content === undefined) return { file, messages }
  const visit = ({ value, line }: Omit<Entry, 'name'>, path: readonly string[]): void => {
    if (typeof value === 'string' && value.trim() !== '' && path.length > 1) {
      const placeholders = readPlaceholders(value, (what, fix) => problems.push({ file, line, what, fix }))
      if (placeholders !== null) messages.set(path.join('.'), { text: value, line, placeholders })
    } else if (typeof value !== 'string' && value !== null) {
      for (const entry of value) {
        if (!KEY.test(entry.name)) {
          const fix = 'Use lower-case letters, digits and hyphens.'
          problems.push({ file, line: entry.line, what: `"${entry.name}" is not the name of a message.`, fix })
        }
        visit(entry, [...path, entry.name])
      }
    } else {
      const what = `${path.length === 0 ? 'The file' : `"${path.join('.')}"`} is not a message.`
      problems.push({ file, line, what, fix: 'Write text in quotes, inside a group named after its feature.' })
    }
  }
  visit({ value: content, line: 1 }, [])
  return { file, messages }
}

/**
 * Reads objects and strings, of which every correct file consists. The parser that knows what is wrong takes so long that
 * a fifth of a start went into it. Null for anything else, and where a name is used twice.
 */
function readStrictly(text: string): readonly Entry[] | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  // It is JSON, so quotes and braces are where they have to be; what is neither object nor string has other characters.
  const root: Entry[] = []
  const groups: { readonly entries: Entry[]; readonly names: Set<string> }[] = []
  let key = { name: '', line: 1 }
  let line = 1
  let counted = 0
  for (const { 0: token, 1: colon, index } of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[^\s,]/g)) {
    for (; counted < index; counted += 1) if (text[counted] === '\n') line += 1
    const group = groups.at(-1)
    if (token === '{') {
      const entries = group === undefined ? root : []
      group?.entries.push({ ...key, value: entries })
      groups.push({ entries, names: new Set() })
    } else if (token === '}') groups.pop()
    else if (group === undefined || !token.startsWith('"')) return null
    else if (colon === undefined) group.entries.push({ ...key, value: JSON.parse(token) as string })
    else {
      key = { name: JSON.parse(token.slice(0, -colon.length)) as string, line }
      if (group.names.has(key.name)) return null
      group.names.add(key.name)
    }
  }
  return root
}

/** Reads any text, and reports what is wrong with it: undefined then. */
function readWithProblems(file: string, text: string, problems: Problem[]): Entry['value'] | undefined {
  const lines = new LineCounter()
  // JSON is YAML, and this parser knows the line of every key and finds keys that are used twice.
  const document = parseDocument(text, { lineCounter: lines, schema: 'json' })
  const lineAt = (offset: number | undefined) => lines.linePos(offset ?? 0).line
  for (const error of document.errors) {
    const what = `This is not valid JSON: ${error.message.split('\n', 1)[0]}`
    problems.push({ file, line: lineAt(error.pos[0]), what, fix: 'Correct it; a comma or quote may be missing.' })
  }
  if (document.errors.length > 0) return undefined
  const readNode = (node: unknown): Entry['value'] => {
    if (isScalar(node) && typeof node.value === 'string') return node.value
    if (!isMap(node)) return null
    return node.items.map(({ key, value }) => ({
      name: isScalar(key) ? String(key.value) : '',
      line: lineAt(isScalar(key) ? key.range?.[0] : undefined),
      value: readNode(value),
    }))
  }
  return readNode(document.contents)
}

/** Null, after a report, if the text is not ICU MessageFormat. */
export function readPlaceholders(
  text: string,
  report: (what: string, fix: string) => void,
): Map<string, 'text' | 'number' | 'choice'> | null {
  if (/'[{}]/.test(text)) {
    report('An apostrophe before a brace switches the placeholder off.', 'Write the typographic one: ’.')
    return null
  }
  // Most messages have none.
  if (!/[{}]/.test(text)) return new Map()
  try {
    const found = new Map<string, 'text' | 'number' | 'choice'>()
    collect(parse(text, { ignoreTag: true }), found)
    return found
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    report(`This is not ICU MessageFormat (${reason}).`, 'Check the braces; docs/translating.md shows the syntax.')
    return null
  }
}

function collect(elements: readonly MessageFormatElement[], found: Map<string, 'text' | 'number' | 'choice'>): void {
  for (const element of elements) {
    if (element.type === TYPE.argument) found.set(element.value, found.get(element.value) ?? 'text')
    if (element.type === TYPE.number || element.type === TYPE.plural) found.set(element.value, 'number')
    if (element.type === TYPE.select) found.set(element.value, 'choice')
    if (element.type !== TYPE.select && element.type !== TYPE.plural) continue
    for (const option of Object.values(element.options)) collect(option.value, found)
  }
}

/** Messages that only operators read, in the source language: pages and emails of the desk. */
export function isForOperators(key: string): boolean {
  return key.startsWith('desk.')
}

/**
 * What a translation lacks or has too much, compared with the source. `isPartial`: it only replaces some messages.
 */
export function compareCatalogues(source: Catalogue, other: Catalogue, isPartial: boolean): Problem[] {
  const { file } = other
  const extra = [...other.messages].flatMap(([key, { line }]) => {
    if (isForOperators(key))
      return [{ file, line, what: `"${key}" is for operators, who read English.`, fix: 'Remove it.' }]
    if (source.messages.has(key)) return []
    return [{ file, line, what: `There is no message "${key}" in ${source.file}.`, fix: 'Remove it, or rename it.' }]
  })
  const rest = [...source.messages].flatMap(([key, wanted]): Problem[] => {
    const message = other.messages.get(key)
    if (message === undefined) {
      if (isPartial || isForOperators(key)) return []
      const fix = `Translate "${wanted.text}".`
      return [{ file, what: `The message "${key}" is missing.`, fix }]
    }
    const [here, there] = [describe(message), describe(wanted)]
    if (here === there) return []
    const what = `"${key}" has the placeholders ${here}, and ${source.file}:${wanted.line} has ${there}.`
    return [{ file, line: message.line, what, fix: 'Use the same placeholders, of the same kind.' }]
  })
  return [...extra, ...rest]
}

/** A number may be counted in one language and only written in another. Tags mark what becomes a link or a button. */
function describe({ text, placeholders }: Message): string {
  const tags = new Set(Array.from(text.matchAll(/<([a-z-]+)>.*?<\/\1>/gs), ([, name]) => `<${name}>`))
  const names = [...placeholders].map(([name, kind]) => (kind === 'choice' ? `${name} (select)` : name))
  names.push(...tags)
  return names.length === 0 ? 'none' : names.sort().join(', ')
}

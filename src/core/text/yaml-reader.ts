import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml'
import type { Problem } from '../errors.ts'
import { nearest } from './closest-match.ts'

interface Source {
  readonly file: string
  /** Number of lines before the YAML in its file, so that problems have the file's line numbers. */
  readonly linesBefore: number
  readonly counter: LineCounter
  readonly problems: Problem[]
}

/** The position of each parsed object in its file, for checks after parsing. */
export type SourcePositions = Map<object, YamlReader>

/**
 * A position in an author's YAML file. Reading methods check strictly, report a problem with its line, and return a
 * harmless value, so that one pass finds all problems. Use the result only if `problems` is empty.
 */
export class YamlReader {
  readonly name: string
  private readonly source: Source
  private readonly node: Node | null
  /** Stands in for a missing value that was already reported, so that follow-up problems are suppressed. */
  private readonly isAbsent: boolean
  readonly line: number

  constructor(source: Source, node: Node | null, name: string, line: number, isAbsent = false) {
    this.source = source
    this.node = node
    this.name = name
    this.isAbsent = isAbsent
    const range = node?.range
    this.line = range ? source.linesBefore + source.counter.linePos(range[0]).line : line
  }

  get file(): string {
    return this.source.file
  }

  get problems(): Problem[] {
    return this.source.problems
  }

  /** Reports a problem at this position. */
  report(what: string, fix: string): void {
    if (!this.isAbsent) this.source.problems.push(this.problemHere(what, fix))
  }

  /** Returns a problem at this position without recording it, for checks after parsing. */
  problemHere(what: string, fix: string): Problem {
    return { file: this.source.file, line: this.line, what, fix }
  }

  /** The keys of a mapping. Unknown and missing keys are reported; missing optional keys are absent from the result. */
  keys(required: readonly string[], optional: readonly string[] = []): Map<string, YamlReader> {
    const found = this.entries()
    const known = [...required, ...optional]
    for (const [key, value] of [...found].filter(([key]) => !known.includes(key))) {
      const meant = nearest(
        key,
        known.filter((one) => !found.has(one)),
      )
      const fix =
        meant === null
          ? `Use one of: ${known.join(', ')}.`
          : `Did you mean "${meant}"? Use one of: ${known.join(', ')}.`
      value.report(`${this.name} has an unknown key "${key}".`, fix)
      // Uses the value of a misspelled key, so that the key is not reported as missing too.
      if (meant !== null) found.set(meant, value)
    }
    const isMapping = this.node === null || isMap(this.node)
    for (const key of required) {
      if (found.has(key)) continue
      if (isMapping) this.report(`${this.name} has no "${key}".`, `Add "${key}:".`)
      found.set(key, new YamlReader(this.source, null, key, this.line, true))
    }
    return found
  }

  /** A mapping with keys chosen by the author, in the order of the file. */
  entries(): Map<string, YamlReader> {
    const found = new Map<string, YamlReader>()
    if (this.node === null) return found
    if (!isMap(this.node)) {
      const isEmpty = isScalar(this.node) && this.node.value === null
      if (isEmpty) this.report(`${this.name} is empty.`, 'Write "key: value" lines below it.')
      else this.report(`${this.name} is not a mapping.`, 'Write it as "key: value" lines.')
      return found
    }
    for (const pair of this.node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '?'
      const keyRange = isScalar(pair.key) ? pair.key.range : undefined
      const line = keyRange ? this.source.linesBefore + this.source.counter.linePos(keyRange[0]).line : this.line
      found.set(key, new YamlReader(this.source, (pair.value as Node | null) ?? null, key, line))
    }
    return found
  }

  isList(): boolean {
    return isSeq(this.node)
  }

  isMapping(): boolean {
    return isMap(this.node)
  }

  list(): YamlReader[] {
    if (this.node === null) return []
    if (!isSeq(this.node)) {
      this.report(`${this.name} is not a list.`, 'Write each entry on a line of its own after a hyphen.')
      return []
    }
    return this.node.items.map(
      (item, index) =>
        new YamlReader(this.source, (item as Node | null) ?? null, `${this.name} ${index + 1}`, this.line),
    )
  }

  /** Non-empty text, trimmed. */
  text(): string {
    const value = this.scalar()
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
    if (this.node !== null)
      this.report(`${this.name} is not text.`, 'Write words, in quotation marks if they look like a number.')
    return ''
  }

  /** A text or a list of texts. */
  texts(): string[] {
    return isSeq(this.node) ? this.list().map((item) => item.text()) : [this.text()].filter((text) => text !== '')
  }

  /** A name: lower-case letters, digits and hyphens. */
  id(): string {
    const value = this.text()
    if (value !== '' && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) {
      this.report(`"${value}" is not a name.`, 'Use lower-case letters, digits and hyphens.')
    }
    return value
  }

  integer(min: number, max: number): number {
    const value = this.scalar()
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    if (this.node !== null)
      this.report(`${this.name} is not a whole number from ${min} to ${max}.`, 'Write a number in this range.')
    return min
  }

  flag(): boolean {
    const value = this.scalar()
    if (typeof value === 'boolean') return value
    this.report(`${this.name} is neither true nor false.`, 'Write true or false.')
    return false
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const value = this.scalar()
    const match = values.find((candidate) => candidate === value)
    if (match === undefined && this.node !== null) {
      this.report(`${this.name} is "${String(value)}".`, `Use one of: ${values.join(', ')}.`)
    }
    return match ?? (values[0] as T)
  }

  private scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined
  }
}

/**
 * Parses YAML for strict reading. `linesBefore` is the number of lines above the YAML in its file. Syntax errors and
 * duplicate keys are reported as problems.
 */
export function readYaml(file: string, text: string, linesBefore = 0): YamlReader {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false })
  const problems = syntaxProblem(file, text, document, (offset) => linesBefore + counter.linePos(offset).line)
  const contents = problems.length === 0 ? (document.contents as Node | null) : null
  if (contents === null && problems.length === 0)
    problems.push({ file, line: linesBefore + 1, what: 'The file is empty.', fix: 'Write it, or remove the file.' })
  return new YamlReader(
    { file, linesBefore, counter, problems },
    contents,
    'the file',
    linesBefore + 1,
    contents === null,
  )
}

/** Reports only the first mistake, not its consequences. Tabs come first, because other errors may result from them. */
function syntaxProblem(file: string, text: string, document: Document, lineAt: (offset: number) => number): Problem[] {
  const errors = document.errors.toSorted((one, other) => startOfError(document, one) - startOfError(document, other))
  const error = errors.find(({ code }) => code === 'TAB_AS_INDENT') ?? errors[0]
  if (error === undefined) return []
  const start = startOfError(document, error)
  const [what, fix] = sentencesOf(error, text.slice(start).split('\n', 1)[0] ?? '')
  return [{ file, line: lineAt(start), what, fix }]
}

function sentencesOf(error: YAMLParseError, rest: string): readonly [what: string, fix: string] {
  const { code, message } = error
  if (code === 'TAB_AS_INDENT') return ['There is a tab in the indentation.', 'Indent with spaces.']
  if (code === 'DUPLICATE_KEY') {
    const key = /^[\w-]+/.exec(rest)?.[0]
    return [key === undefined ? 'A key is used twice.' : `The key "${key}" is used twice.`, 'Remove one of the two.']
  }
  if (/closing .*quote/.test(message))
    return ['A quotation mark is opened here and never closed.', 'Close it at the end of the text.']
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || /Nested mappings are not allowed/.test(message))
    return ['A colon and a space stand in text without quotation marks.', 'Put the whole text in quotation marks.']
  if (/same column|indent/i.test(message))
    return [
      'This line begins in another column than its neighbours.',
      'Begin it below the key or the hyphen it goes with.',
    ]
  if (code === 'BAD_SCALAR_START' || /cannot start with/.test(message))
    return [`Text cannot begin with ${rest.slice(0, 1)} here.`, 'Put the whole text in quotation marks.']
  return [`This is not YAML: ${message}.`, 'Look at indentation, colons and quotation marks on and above this line.']
}

/** An unclosed quotation mark is detected at the end of the file; the mistake is where it opens. */
function startOfError(document: Document, error: YAMLParseError): number {
  let start = error.pos[0]
  if (!/closing .*quote/.test(error.message)) return start
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[0] <= error.pos[0] && error.pos[0] <= range[2]) start = range[0]
    },
  })
  return start
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), '../src')

/** What a room may import besides itself. `core` stands on nothing of ours. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  flow: ['core'],
  store: ['core', 'flow', 'db'],
  queue: ['core', 'flow'],
  mail: ['core', 'flow'],
  content: ['core', 'flow'],
  inbound: ['core', 'flow'],
  web: ['core', 'flow'],
  cli: ['core', 'flow', 'content'],
  preview: ['core', 'flow', 'content', 'mail'],
  local: ['core'],
}
/** Files beside the rooms: entries and the composition root see all, config sees core only. */
const ROOT_FILES: Readonly<Record<string, readonly string[] | 'all'>> = {
  'app.ts': 'all',
  'config.ts': ['core'],
  'clock.ts': ['flow'],
  'random-bytes.ts': [],
}
/** Packages that core and flow may use: pure ones, and of Node only what computes. */
const PURE_PACKAGES = [
  'node:crypto',
  'node:url',
  'yaml',
  'markdown-it',
  'temporal-polyfill',
  'zod',
  'flesch-kincaid',
  'syllable',
]
const FLOW_PACKAGES = [...PURE_PACKAGES, 'node:timers/promises']

interface Source {
  /** Relative to src/. */
  readonly file: string
  readonly text: string
}

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }))

describe('the rooms of the house', () => {
  test('there are sources to look at', () => expect(sources.length).toBeGreaterThan(100))
  test('import only what is below them', () => expect(wrongDirections(sources)).toEqual([]))
  test('have no circular import', () => expect(findCycle(sources)).toEqual([]))
  test('core and flow use no package that does I/O', () => expect(impurePackages(sources)).toEqual([]))
  test('only config.ts and run.ts read the environment', () => expect(readersOfEnvironment(sources)).toEqual([]))
  test('core never asks the clock of the machine or chance', () => expect(impureCalls(sources)).toEqual([]))
  test('no module opens a connection on import', () => expect(connectionsOnImport(sources)).toEqual([]))
})

describe('this test finds', () => {
  const flow = { file: 'flow/a.ts', text: "import { x } from '../store/b.ts'\n" }
  test('an import in the wrong direction', () => expect(wrongDirections([flow])).toEqual(['flow/a.ts -> store/b.ts']))
  test('an import across adapters', () =>
    expect(wrongDirections([{ file: 'mail/a.ts', text: "export * from '../store/b.ts'\n" }])).toHaveLength(1))
  test('a dynamic import', () =>
    expect(wrongDirections([{ file: 'core/a.ts', text: "await import('../web/b.ts')\n" }])).toHaveLength(1))
  test('a cycle', () =>
    expect(
      findCycle([
        { file: 'core/a.ts', text: "import { b } from './b.ts'\n" },
        { file: 'core/b.ts', text: "import { a } from './a.ts'\n" },
      ]),
    ).toEqual(['core/a.ts', 'core/b.ts', 'core/a.ts']))
  test('a package that does I/O', () =>
    expect(impurePackages([{ file: 'core/a.ts', text: "import { readFile } from 'node:fs/promises'\n" }])).toHaveLength(
      1,
    ))
  test('a reader of the environment', () =>
    expect(readersOfEnvironment([{ file: 'web/a.ts', text: 'const x = process.env.PORT\n' }])).toHaveLength(1))
  test('a clock in core', () =>
    expect(impureCalls([{ file: 'core/a.ts', text: 'const x = Date.now()\n' }])).toHaveLength(1))
  test('a connection on import', () =>
    expect(connectionsOnImport([{ file: 'queue/a.ts', text: 'export const redis = new Redis()\n' }])).toHaveLength(1))
})

function importsOf({ file, text }: Source): Import[] {
  const found: Import[] = []
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g
  for (const match of text.matchAll(pattern)) {
    const target = match[3] ?? match[4] ?? match[5] ?? ''
    found.push({ from: file, to: target, isType: match[2] !== undefined })
  }
  return found
}

/** Path of an import of ours relative to src/, or null for a package. */
function own({ from, to }: Import): string | null {
  if (!to.startsWith('.')) return null
  return relative(SRC, resolve(SRC, dirname(from), to))
}

function roomOf(file: string): string {
  if (file.startsWith('../')) return file.split('/')[1] ?? ''
  return file.includes('/') ? (file.split('/')[0] ?? '') : ''
}

function wrongDirections(all: readonly Source[]): string[] {
  return all.flatMap(importsOf).flatMap((one) => {
    const target = own(one)
    if (target === null) return []
    const room = roomOf(one.from)
    const allowed = room === '' ? (ROOT_FILES[one.from] ?? 'all') : [...(ALLOWED[room] ?? []), room]
    return allowed === 'all' || allowed.includes(roomOf(target)) ? [] : [`${one.from} -> ${target}`]
  })
}

/** Types vanish before anything runs, so only imports of values can go round in a circle. */
function findCycle(all: readonly Source[]): string[] {
  const edges = new Map(
    all.map((source) => [
      source.file,
      importsOf(source)
        .filter((one) => !one.isType)
        .map(own)
        .filter((target) => target !== null),
    ]),
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of edges.keys()) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

function impurePackages(all: readonly Source[]): string[] {
  return all.flatMap(importsOf).flatMap((one) => {
    const room = roomOf(one.from)
    if (one.isType || own(one) !== null || (room !== 'core' && room !== 'flow')) return []
    const allowed = room === 'core' ? PURE_PACKAGES : FLOW_PACKAGES
    return allowed.some((name) => one.to === name || one.to.startsWith(`${name}/`)) ? [] : [`${one.from}: ${one.to}`]
  })
}

function readersOfEnvironment(all: readonly Source[]): string[] {
  return all
    .filter(
      ({ file, text }) => !['config.ts', 'run.ts'].includes(file) && /\bprocess\.env\b/.test(withoutComments(text)),
    )
    .map(({ file }) => file)
}

function impureCalls(all: readonly Source[]): string[] {
  return all
    .filter(
      ({ file, text }) =>
        roomOf(file) === 'core' && /\b(Date\.now|Math\.random|new Date\(\))/.test(withoutComments(text)),
    )
    .map(({ file }) => file)
}

/** A statement at the left margin runs when the module is imported. */
function connectionsOnImport(all: readonly Source[]): string[] {
  const opens =
    /^(export )?(const|let|var) [^\n]*= (await )?(new (Redis|Queue|Worker|Database|Sqlite|Kysely|SMTPConnection)\b|openSqlite\(|createServer\(|connect\()/m
  return all.filter(({ file, text }) => roomOf(file) !== '' && opens.test(text)).map(({ file }) => file)
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

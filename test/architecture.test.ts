import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const TEST = dirname(fileURLToPath(import.meta.url))
const SRC = resolve(TEST, '../src')

/** What a layer may import besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  flow: ['core'],
  store: ['core', 'flow', 'db'],
  queue: ['core', 'flow'],
  mail: ['core', 'flow'],
  content: ['core', 'flow'],
  inbound: ['core', 'flow'],
  web: ['core', 'flow'],
  cli: ['core', 'flow', 'content', 'settings'],
  settings: ['core'],
  preview: ['core', 'flow', 'content', 'mail'],
  local: ['core'],
}
/** Files beside the layers: the entry points and the composition root import everything. */
const ROOT_FILES: Readonly<Record<string, readonly string[] | 'all'>> = {
  'app.ts': 'all',
  'config.ts': ['core', 'settings'],
  'clock.ts': ['flow'],
}
/** In these layers the files outside every feature are shared by all features, and import none. */
const SHARED_ROOT = ['core', 'flow']
const MOST_FILES = 25
/** Packages that core and flow may use: pure ones, and of Node only what computes. */
const PURE_PACKAGES = [
  'node:crypto',
  'node:url',
  'yaml',
  'markdown-it',
  'temporal-polyfill',
  'intl-messageformat',
  '@formatjs/icu-messageformat-parser',
  'zod',
  'flesch-kincaid',
  'syllable',
  'csv-parse',
  'csv-stringify',
  'validator',
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

describe('the source files', () => {
  test('there are some', () => expect(sources.length).toBeGreaterThan(100))
  test('import only from the layers below their own', () => expect(wrongDirections(sources)).toEqual([]))
  test('have no circular import, types included', () => expect(findCycle(fileEdges(sources))).toEqual([]))
  test('have no circular import between the features of a layer', () => {
    for (const layer of Object.keys(ALLOWED)) expect(findCycle(featureEdges(layer, sources))).toEqual([])
  })
  test('that every feature shares import no feature', () => expect(sharedOnFeature(sources)).toEqual([]))
  test('core and flow use no package that does I/O', () => expect(impurePackages(sources)).toEqual([]))
  test('only config.ts and load-config.ts read the environment', () =>
    expect(readersOfEnvironment(sources)).toEqual([]))
  test('core never asks the clock of the machine or chance', () => expect(impureCalls(sources)).toEqual([]))
  test('no module opens a connection on import', () => expect(connectionsOnImport(sources)).toEqual([]))
  test('flow/enrolment alone changes the state of an enrolment', () => expect(enrolmentWriters(sources)).toEqual([]))
})

test('no folder is crowded', () => {
  const tests = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(crowdedFolders([...sources.map(({ file }) => file), ...tests.map((file) => `test/${file}`)])).toEqual([])
})

describe('this test finds', () => {
  const flow = { file: 'flow/a.ts', text: "import { x } from '../store/b.ts'\n" }
  test('an import in the wrong direction', () => expect(wrongDirections([flow])).toEqual(['flow/a.ts -> store/b.ts']))
  test('an import across adapters', () =>
    expect(wrongDirections([{ file: 'mail/a.ts', text: "export * from '../store/b.ts'\n" }])).toHaveLength(1))
  test('a dynamic import', () =>
    expect(wrongDirections([{ file: 'core/a.ts', text: "await import('../web/b.ts')\n" }])).toHaveLength(1))
  test('a cycle of types', () =>
    expect(
      findCycle(
        fileEdges([
          { file: 'core/a.ts', text: "import { b } from './b.ts'\n" },
          { file: 'core/b.ts', text: "import type { A } from './a.ts'\n" },
        ]),
      ),
    ).toEqual(['core/a.ts', 'core/b.ts', 'core/a.ts']))
  test('a cycle between features', () => {
    const files = [
      { file: 'core/one/a.ts', text: "import { b } from '../two/parse/b.ts'\n" },
      { file: 'core/two/c.ts', text: "import type { D } from '../one/d.ts'\n" },
    ]
    expect(findCycle(fileEdges(files))).toEqual([])
    expect(findCycle(featureEdges('core', files))).toEqual(['one', 'two', 'one'])
  })
  test('a shared file that imports a feature', () =>
    expect(sharedOnFeature([{ file: 'flow/a.ts', text: "import { b } from './enrolment/b.ts'\n" }])).toHaveLength(1))
  test('a crowded folder', () =>
    expect(crowdedFolders(Array.from({ length: MOST_FILES + 1 }, (_, index) => `core/${index}.ts`))).toEqual(['core']))
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
  test.each(['unit.enrolments\n  .move(1)', 'store.enrolments.add({})', 'enrolments.setCheckIns(1, null)'])(
    'a change of an enrolment by %j',
    (text) => {
      expect(enrolmentWriters([{ file: 'flow/delivery/a.ts', text }])).toHaveLength(1)
      expect(enrolmentWriters([{ file: 'flow/enrolment/a.ts', text }])).toEqual([])
    },
  )
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

/** Path of an import within the project, relative to src/, or null for a package. */
function own({ from, to }: Import): string | null {
  if (!to.startsWith('.')) return null
  return relative(SRC, resolve(SRC, dirname(from), to))
}

function layerOf(file: string): string {
  if (file.startsWith('../')) return file.split('/')[1] ?? ''
  return file.includes('/') ? (file.split('/')[0] ?? '') : ''
}

function wrongDirections(all: readonly Source[]): string[] {
  return all.flatMap(importsOf).flatMap((one) => {
    const target = own(one)
    if (target === null) return []
    const layer = layerOf(one.from)
    const allowed = layer === '' ? (ROOT_FILES[one.from] ?? 'all') : [...(ALLOWED[layer] ?? []), layer]
    return allowed === 'all' || allowed.includes(layerOf(target)) ? [] : [`${one.from} -> ${target}`]
  })
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>

function edgesOf(pairs: readonly (readonly [from: string, to: string])[]): Edges {
  const edges = new Map<string, Set<string>>()
  for (const [from, to] of pairs) edges.set(from, (edges.get(from) ?? new Set()).add(to))
  return edges
}

/** Every import within src, of a value or of a type. */
function ownImports(all: readonly Source[]): (readonly [from: string, to: string])[] {
  return all.flatMap(importsOf).flatMap((one) => {
    const target = own(one)
    return target === null ? [] : [[one.from, target] as const]
  })
}

function fileEdges(all: readonly Source[]): Edges {
  return edgesOf(ownImports(all))
}

/** The folder directly below the layer; null for a file that belongs to no feature. */
function featureOf(file: string): string | null {
  const parts = file.split('/')
  return parts.length > 2 ? (parts[1] ?? null) : null
}

function featureEdges(layer: string, all: readonly Source[]): Edges {
  const pairs = ownImports(all).flatMap(([from, to]) => {
    if (layerOf(from) !== layer || layerOf(to) !== layer) return []
    const [one, other] = [featureOf(from), featureOf(to)]
    return one === null || other === null || one === other ? [] : [[one, other] as const]
  })
  return edgesOf(pairs)
}

/** The interfaces that flow declares are the one feature that its shared files may name. */
function sharedOnFeature(all: readonly Source[]): string[] {
  return ownImports(all)
    .filter(
      ([from, to]) =>
        SHARED_ROOT.includes(layerOf(from)) &&
        layerOf(from) === layerOf(to) &&
        featureOf(from) === null &&
        ![null, 'ports'].includes(featureOf(to)),
    )
    .map(([from, to]) => `${from} -> ${to}`)
}

function crowdedFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return [...counts].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder)
}

/** The first cycle found, its first name again at its end; empty when there is none. */
function findCycle(edges: Edges): string[] {
  const done = new Set<string>()
  const visit = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return []
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...path, node])
      if (cycle.length > 0) return cycle
    }
    done.add(node)
    return []
  }
  for (const node of edges.keys()) {
    const cycle = visit(node, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

function impurePackages(all: readonly Source[]): string[] {
  return all.flatMap(importsOf).flatMap((one) => {
    const layer = layerOf(one.from)
    if (one.isType || own(one) !== null || (layer !== 'core' && layer !== 'flow')) return []
    const allowed = layer === 'core' ? PURE_PACKAGES : FLOW_PACKAGES
    return allowed.some((name) => one.to === name || one.to.startsWith(`${name}/`)) ? [] : [`${one.from}: ${one.to}`]
  })
}

function readersOfEnvironment(all: readonly Source[]): string[] {
  return all
    .filter(
      ({ file, text }) =>
        !['config.ts', 'load-config.ts'].includes(file) && /\bprocess\.env\b/.test(withoutComments(text)),
    )
    .map(({ file }) => file)
}

function impureCalls(all: readonly Source[]): string[] {
  return all
    .filter(
      ({ file, text }) =>
        layerOf(file) === 'core' && /\b(Date\.now|Math\.random|new Date\(\))/.test(withoutComments(text)),
    )
    .map(({ file }) => file)
}

/** A statement at the left margin runs when the module is imported. */
function connectionsOnImport(all: readonly Source[]): string[] {
  const opens =
    /^(export )?(const|let|var) [^\n]*= (await )?(new (Redis|Queue|Worker|Database|Sqlite|Kysely|SMTPConnection)\b|openSqlite\(|createServer\(|connect\()/m
  return all.filter(({ file, text }) => layerOf(file) !== '' && opens.test(text)).map(({ file }) => file)
}

function enrolmentWriters(all: readonly Source[]): string[] {
  return all
    .filter(
      ({ file, text }) =>
        !['flow/enrolment/', 'store/'].some((folder) => file.startsWith(folder)) &&
        /\benrolments\s*\.\s*(move|add)\(|\.setCheckIns\(/.test(withoutComments(text)),
    )
    .map(({ file }) => file)
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

/** The gate itself: a run of Jest with this project's runtime over small test files. */

const ROOT = resolve(import.meta.dirname, '../..')
let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bootcamp-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const HEAD = `import { afterEach, expect, jest, test } from '@jest/globals'\n`

interface Results {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

/** Status and title of each test, by file; `null` where a file has none because it did not load. */
function runJest(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), HEAD + text)
  const config = {
    rootDir: folder,
    testMatch: ['**/*.test.mjs'],
    testEnvironment: join(ROOT, 'tools/jest/environment.cjs'),
    runtime: join(ROOT, 'tools/jest/runtime.cjs'),
    transform: {},
    injectGlobals: false,
    testTimeout: 300,
    watchman: false,
  }
  const out = join(folder, 'results.json')
  const done = spawnSync(
    process.execPath,
    ['node_modules/jest/bin/jest.js', '-i', '--json', `--outputFile=${out}`, '--config', JSON.stringify(config)],
    { cwd: ROOT, encoding: 'utf8' },
  )
  const results = JSON.parse(readFileSync(out, 'utf8')) as Results
  const found = results.testResults.map(({ name, status, message, assertionResults }) => [
    name.slice(folder.length + 1),
    { status, message, tests: assertionResults.map((one) => `${one.status} ${one.title}`) },
  ])
  return { exitCode: done.status, success: results.success, files: Object.fromEntries(found) }
}

test('a test that fails, one that hangs and a file that does not load are failures', () => {
  const { exitCode, success, files } = runJest({
    'a.test.mjs': `
      test('holds', () => expect(1).toBe(1))
      test('fails', () => expect(1).toBe(2))
      test('rejects', async () => { throw new Error('no') })
      test('hangs', () => new Promise(() => {}))
      test.skip('is skipped', () => {})`,
    'b.test.mjs': `throw new Error('not today')`,
    'c.test.mjs': `
      afterEach(() => { throw new Error('in the hook') })
      test('holds, and its hook does not', () => {})`,
  })
  expect({ exitCode, success }).toEqual({ exitCode: 1, success: false })
  expect(files['a.test.mjs'].tests).toEqual([
    'passed holds',
    'failed fails',
    'failed rejects',
    'failed hangs',
    'pending is skipped',
  ])
  expect(files['a.test.mjs'].message).toContain('Exceeded timeout of 300 ms')
  expect(files['b.test.mjs']).toMatchObject({ status: 'failed', tests: [] })
  expect(files['b.test.mjs'].message).toContain('not today')
  expect(files['c.test.mjs'].tests).toEqual(['failed holds, and its hook does not'])
})

test('a time limit and a spy end with their file, and a shared module serves the hooks of each file', () => {
  writeFileSync(
    join(folder, 'shared.mjs'),
    `import { afterEach } from '@jest/globals'
     let loaded = 0
     export const times = () => (loaded += 1)
     export const cleanUp = (act) => afterEach(act)`,
  )
  const { exitCode, files } = runJest({
    'a.test.mjs': `
      import { cleanUp, times } from './shared.mjs'
      jest.setTimeout(2_000)
      const ended = []
      cleanUp(() => ended.push('a'))
      jest.spyOn(Math, 'random').mockReturnValue(2)
      test('takes longer than the usual limit', async () => { await new Promise((done) => setTimeout(done, 500)) })
      test('its hook ran, and the spy is there', () => {
        expect([ended, Math.random(), times()]).toEqual([['a'], 2, 1])
      })`,
    'b.test.mjs': `
      import { cleanUp, times } from './shared.mjs'
      const ended = []
      cleanUp(() => ended.push('b'))
      test('the spy is gone', () => expect(Math.random()).toBeLessThan(1))
      test('its own hook ran, in the module that is loaded already', () => expect([ended, times()]).toEqual([['b'], 2]))
      test('the usual limit holds again', async () => { await new Promise((done) => setTimeout(done, 500)) })`,
  })
  expect(exitCode).toBe(1)
  expect(files['a.test.mjs'].tests).toEqual([
    'passed takes longer than the usual limit',
    'passed its hook ran, and the spy is there',
  ])
  expect(files['b.test.mjs'].tests).toEqual([
    'passed the spy is gone',
    'passed its own hook ran, in the module that is loaded already',
    'failed the usual limit holds again',
  ])
})

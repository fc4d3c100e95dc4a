import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { commandEnvironment } from '../../tools/service-environment.mjs'
import { createTempFolder } from '../support/temp-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: { path: string; remove(): Promise<void> }
beforeAll(async () => {
  folder = await createTempFolder()
})
afterAll(() => folder.remove())

/** The command as its npm script calls it, away from the project so that no .env plays a part. */
function run(words: readonly string[]) {
  const [file = '', ...args] = words
  const env = commandEnvironment({ PATH: process.env.PATH ?? '', DATA_DIR: folder.path })
  const done = spawnSync(process.execPath, [`${root}/${file}`, ...args], { cwd: folder.path, env, encoding: 'utf8' })
  return { status: done.status, out: done.stdout, error: done.stderr }
}

const commands: readonly (readonly [name: string, ...words: string[]])[] = [
  ['start', 'src/start.ts'],
  ['web', 'src/web.ts'],
  ['worker', 'src/worker.ts'],
  ['migrate', 'src/migrate.ts'],
  ['preview', 'src/preview.ts'],
  ['words', 'src/cli/words.ts'],
  ['new-course', 'src/cli/new-course.ts'],
  ['locales', 'tools/check-locales.mjs'],
  ['settings', 'src/cli/settings.ts'],
  ['desk', 'src/command.ts', 'desk'],
  ['mail', 'src/command.ts', 'mail'],
  ['suppression', 'src/command.ts', 'suppression'],
  ['doctor', 'src/command.ts', 'doctor'],
  ['backup', 'src/database-command.ts', 'backup'],
  ['restore', 'src/database-command.ts', 'restore'],
  ['move-database', 'src/database-command.ts', 'move-database'],
  ['bench', 'bench/run.ts'],
  ['test', 'tools/test.mjs'],
  ['check', 'tools/check.mjs'],
  ['mail:headers', 'tools/inspect-emails.mjs', 'headers'],
  ['mail:spam', 'tools/inspect-emails.mjs', 'spam'],
  ['mail:pictures', 'tools/inspect-emails.mjs', 'pictures'],
]

describe.each(commands)('npm run %s', (name, ...words) => {
  test('prints help and does nothing else', () => {
    const { status, out } = run([...words, '--help'])
    expect({ name, status }).toEqual({ name, status: 0 })
    expect(out).toMatch(new RegExp(`npm (run )?${name}\\b`))
  })

  test('refuses an unknown option with its usage', () => {
    const { status, out, error } = run([...words, '--no-such-option'])
    expect({ name, status }).toEqual({ name, status: 2 })
    expect(out + error).toMatch(new RegExp(`npm (run )?${name}\\b`))
  })
})

test('preview takes a port and nothing else', () => {
  for (const words of [['many'], ['70000'], ['3030', '3031']])
    expect({ words, status: run(['src/preview.ts', ...words]).status }).toEqual({ words, status: 2 })
})

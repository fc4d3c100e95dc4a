import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RUN = ['--disable-warning=ExperimentalWarning', join(ROOT, 'bench/run.ts')]

let folder: Awaited<ReturnType<typeof createTempFolder>>
beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(() => folder.remove())

describe('npm run bench', () => {
  test('sends a few dozen lessons through a worker on each database, holds them against smtp-source, and writes what it saw', () => {
    const sizes = [
      '--only',
      'sending',
      '--messages',
      '40',
      '--rounds',
      '1',
      '--signing',
      'ed25519',
      '--database',
      'postgres',
      '--out',
      folder.path,
    ]
    const done = spawnSync(process.execPath, [...RUN, ...sizes], { encoding: 'utf8', cwd: ROOT })
    expect(done).toMatchObject({ status: 0 })
    expect(done.stdout).toMatch(/smtp-source +[\d,]+ +1\.00/)

    const report = JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8'))
    const { facts, checks } = report.measures.sending
    const reference = [expect.any(Number), expect.any(Number)]
    const runs = { ed25519: [expect.objectContaining({ messages: 40, sinkCount: 40, reference })] }
    expect(facts.runs).toEqual({ sqlite: runs, postgres: runs })
    const [run] = facts.runs.sqlite.ed25519
    expect(checks[0].value).toBeCloseTo((2 * run.perSecond) / (run.reference[0] + run.reference[1]), 5)
    // The system counts CPU in hundredths of a second, of which Redis may need none for a few dozen lessons.
    expect(run.cpuPerMessage).toBeGreaterThanOrEqual(run.workerCpuPerMessage)
    // Without root there is no Postfix to compare with, and the report says so.
    if (process.getuid?.() === 0) {
      expect(facts.postfix).toEqual([{ perSecond: expect.any(Number), reference }])
      expect(done.stdout).toMatch(/Postfix, durable queue +[\d,]+ +0\.\d\d/)
    } else expect(done.stdout).toContain('Postfix was not measured: it starts as root only.')
    expect(facts.bytes).toBeGreaterThan(30_000)
    expect(facts.bytes).toBeLessThan(36_000)
    expect(checks[1].what).toBe('sending, Ed25519, Postgres: share of SQLite')
    const [other] = facts.runs.postgres.ed25519
    expect(other.databaseCpuPerMessage).toEqual(expect.any(Number))
    expect(checks[0]).toMatchObject({ what: 'sending, Ed25519: share of smtp-source', target: 0.47 })
    expect(readFileSync(join(folder.path, 'report.md'), 'utf8')).toContain('| smtp-source')
    // What it worked with is gone.
    expect(readdirSync(folder.path).sort()).toEqual(['report.json', 'report.md', 'sending.svg'])
  })

  test('says what is wrong with an option, and ends with status 2', () => {
    const done = spawnSync(process.execPath, [...RUN, '--messages', 'many'], { encoding: 'utf8', cwd: ROOT })
    expect(done).toMatchObject({ status: 2, stdout: '' })
    expect(done.stderr).toBe('--messages is "many". Use a whole number from 1 to 1000000, such as --messages 10000.\n')
  })

  test('interrupted in the midst of it leaves no file behind', async () => {
    const child = spawn(process.execPath, [...RUN, '--only', 'sending', '--out', folder.path], {
      cwd: ROOT,
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    const databases = () => readdirSync(folder.path, { recursive: true }).filter((name) => String(name).endsWith('.db'))
    await waitFor(() => databases().length > 0, 'the bench to have a database', 20_000)
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    expect(readdirSync(folder.path)).toEqual([])
  })
})

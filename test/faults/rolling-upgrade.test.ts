import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { postgresMigrations } from '../../db/migrations/postgres.ts'
import { startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { freePort } from '../support/free-port.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'
import { isFullMatrix, patience } from '../trial-sizes.ts'
import { SECRET } from './support/multi-process-harness.ts'
import { createCluster } from './support/postgres-cluster.ts'
import { startLine, waitForSite } from './support/procfile.ts'
import { report } from './support/report-trial.ts'
import { signUpOverHttp } from './support/sign-up-over-http.ts'
import { startReceiver } from './support/test-relay.ts'
import { commitBefore, differingPackages, unpackVersionBefore } from './support/version-before.ts'

jest.setTimeout(patience)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NEWEST = Object.keys(postgresMigrations).at(-1) as string

/** The confirmation, seven lessons and the closing email of Steady Week. */
const EMAILS = 9
const LESSONS = 7
const PEOPLE = 60
const DAY_S = 15
const SIGN_UP_EVERY_MS = (DAY_S * 1_000) / PEOPLE
/** How many emails each version sends beside the other at least. */
const SIDE_BY_SIDE = 40

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function createFolder(): Promise<string> {
  const folder = await createTempFolder()
  ends.push(folder.remove)
  return folder.path
}

/** A version of the service: the processes of its Procfile, its site, and the receiving server that it sends to. */
async function createVersion(tree: string, publicUrl: string | null, shared: Readonly<Record<string, string>>) {
  // A message is on its way for long enough that some always are.
  const receiver = await startReceiver({ pipelining: true, keep: () => true, thinkMs: () => 250 })
  ends.push(() => receiver.close())
  const site = `http://127.0.0.1:${await freePort()}`
  return {
    site,
    receiver,
    start(kind: 'release' | 'web' | 'worker') {
      const started = startLine(tree, kind, {
        ...shared,
        PORT: new URL(site).port,
        PUBLIC_URL: publicUrl ?? site,
        SMTP_URL: receiver.url,
      })
      ends.push(started.kill)
      return started
    },
  }
}

async function upgradeWhileSending(): Promise<void> {
  const folder = await createFolder()
  const { commit, tree } = unpackVersionBefore(ROOT, NEWEST, folder)
  const cluster = await createCluster({ empty: true })
  ends.push(() => cluster.close())
  const redis = await startEmbeddedRedis({ dataDir: folder })
  ends.push(() => redis.stop())
  const shared = {
    HOME: folder,
    LOG_LEVEL: 'error',
    DATA_DIR: folder,
    DATABASE_URL: cluster.url,
    DATABASE_CONNECTIONS: '4',
    REDIS_URL: redis.url,
    SECRET_KEY: SECRET,
    SIGN_UP_LIMIT: '1000',
    COURSE_DAY: `${DAY_S}s`,
  }
  const before = await createVersion(tree, null, shared)
  const next = await createVersion(ROOT, before.site, shared)
  const taken = () => [...before.receiver.taken, ...next.receiver.taken]
  const to = (address: string) => taken().filter((message) => message.to === address)
  const emails = { to, limitMs: patience / 4 }
  const release = async ({ start }: typeof before) => {
    const { ended, words } = start('release')
    expect({ status: await ended, words: words() }).toMatchObject({ status: 0 })
    const rows = await cluster.query<{ name: string }>('select name from kysely_migration order by name')
    return rows.at(-1)?.name
  }

  expect(await release(before)).not.toBe(NEWEST)
  const old = [before.start('web'), before.start('worker')]
  await waitForSite(before.site, emails.limitMs)
  const addresses = Array.from({ length: PEOPLE }, (_, index) => `reader-${index}@d${index % 3}.example`)
  // Spread over a day of the course, so that some lesson is due at any time.
  for (const address of addresses) {
    await signUpOverHttp(address, { signUp: before.site, confirm: before.site }, emails)
    await sleep(SIGN_UP_EVERY_MS)
  }
  const lessons = () => taken().length - addresses.length
  await waitFor(
    () => lessons() >= 2 * PEOPLE,
    () => `two lessons of each; there are ${lessons()}`,
    patience / 4,
  )

  const lessonsBefore = lessons()
  expect(await release(next)).toBe(NEWEST)
  // Those of the version before went on sending meanwhile.
  expect(lessons()).toBeGreaterThan(lessonsBefore)
  const migratedAt = taken().length
  next.start('web')
  next.start('worker')
  await waitForSite(next.site, emails.limitMs)
  const joinedAt = before.receiver.taken.length
  const [one, other] = [before.site, next.site]
  const ways = [
    { signUp: one, confirm: one },
    { signUp: other, confirm: other },
    { signUp: one, confirm: other },
    { signUp: other, confirm: one },
  ]
  const late = ways.map((_, index) => `late-${index}@d${index}.example`)
  await Promise.all(ways.map((sites, index) => signUpOverHttp(late[index] as string, sites, emails)))
  addresses.push(...late)
  const shares = () => [before.receiver.taken.length - joinedAt, next.receiver.taken.length]
  await waitFor(
    () => shares().every((share) => share >= SIDE_BY_SIDE),
    () => `both versions to send; ${shares().join(' and ')}; ${old.map(({ words }) => words()).join('')}`,
    patience / 4,
  )
  // Were it restarted now, it would not run.
  const again = before.start('worker')
  expect(await again.ended).toBe(1)
  expect(again.words()).toContain(
    `brought up to date by a newer version of this service (${NEWEST}). Start that version`,
  )

  for (const process of old) await process.stop()
  const stoppedAt = taken().length
  await waitFor(
    () => addresses.every((address) => to(address).length >= EMAILS),
    () => `the whole week of all; ${addresses.map((address) => to(address).length).join(' ')}`,
    patience / 2,
  )
  const ids = taken().map(({ messageId }) => messageId)
  report({
    row: 23,
    what: `${commit} and this version side by side, ${NEWEST} in between`,
    sends: ids.length,
    lost: addresses.filter((address) => to(address).length < EMAILS).length,
    twice: ids.length - new Set(ids).size,
    note: `${before.receiver.taken.length} by the version before, ${stoppedAt - migratedAt} of all while both ran`,
  })
  expect(new Set(ids).size).toBe(ids.length)
  expect(addresses.map((address) => to(address).length)).toEqual(addresses.map(() => EMAILS))
  expect(before.receiver.broken() + next.receiver.broken()).toBe(0)
  // The upgrade was over before the week was.
  expect(ids.length - stoppedAt).toBeGreaterThan(PEOPLE)
  const sent = await cluster.query<{ state: string; lessons: number }>(
    "select state, count(*)::int as lessons from delivery where kind = 'lesson' group by state",
  )
  expect(sent).toEqual([{ state: 'sent', lessons: LESSONS * addresses.length }])
}

describe('packages of two versions', () => {
  const lock = (packages: Readonly<Record<string, { version?: string; dev?: boolean }>>) => ({
    packages: { '': {}, ...packages },
  })

  test('that differ are named with both versions, except those for tests alone', () => {
    const before = lock({
      'node_modules/pg': { version: '8.1.0' },
      'node_modules/pino': { version: '10.0.0' },
      'node_modules/jest': { version: '30.0.0', dev: true },
    })
    const now = lock({
      'node_modules/pg': { version: '8.2.0' },
      'node_modules/yaml': { version: '2.0.0' },
      'node_modules/pino': { version: '10.0.0' },
      'node_modules/jest': { version: '31.0.0', dev: true },
    })
    expect(differingPackages(before, before)).toEqual([])
    expect(differingPackages(before, now)).toEqual(['pg (8.1.0, now 8.2.0)', 'yaml (none, now 2.0.0)'])
  })
})

// Four processes of the whole service take longer than the gate has, and an unpacked release has no history.
if (isFullMatrix) {
  test(
    'the version before and this one send side by side, migrated in between: nothing is lost, nothing comes twice',
    upgradeWhileSending,
  )

  describe('the version before', () => {
    /** A repository with one commit for each of these migrations; returns their ids. */
    async function createRepository(...migrations: readonly string[]) {
      const path = await createFolder()
      const git = (...words: readonly string[]) => {
        const who = ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.test']
        const { status, stdout, stderr } = spawnSync('git', [...who, ...words], { cwd: path, encoding: 'utf8' })
        if (status !== 0) throw new Error(stderr)
        return stdout.trim()
      }
      git('init', '--quiet')
      mkdirSync(join(path, 'db/migrations'), { recursive: true })
      const commits = migrations.map((name) => {
        writeFileSync(join(path, `db/migrations/${name}.ts`), '')
        git('add', '.')
        git('commit', '--quiet', '--message', name)
        return git('rev-parse', 'HEAD')
      })
      return { path, commits, git }
    }

    test('is the last commit without the migration, or the checked-out one while it is not committed', async () => {
      const { path, commits } = await createRepository('001-one', '002-two', '003-three')
      expect(commitBefore(path, '003-three')).toBe(commits[1])
      expect(commitBefore(path, '002-two')).toBe(commits[0])
      expect(commitBefore(path, '004-four')).toBe(commits[2])
      expect(() => commitBefore(path, '001-one')).toThrow('There is no version before 001-one')
    })

    test('is missing where history is, and the sentence says what to do', async () => {
      const { path, git } = await createRepository('001-one', '002-two', '003-three')
      const shallow = join(await createFolder(), 'shallow')
      git('clone', '--quiet', '--depth=1', `file://${path}`, shallow)
      expect(() => commitBefore(shallow, '003-three')).toThrow(/shallow clone.*Run git fetch --unshallow/)
      expect(() => commitBefore('/', '003-three')).toThrow('is no git checkout')
    })
  })
}

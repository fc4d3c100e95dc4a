import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import { postgresMigrations } from '../../../db/migrations/postgres.ts'
import type { DatabaseLocation } from '../../../src/core/service-urls/database-url.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { moveDatabase } from '../../../src/store/move/move-database.ts'
import { openDatabase } from '../../../src/store/open-database.ts'
import { connectAlone } from '../../../src/store/postgres/open-postgres.ts'
import { createStore } from '../../../src/store/store.ts'
import { copyTables, digestOf } from '../../../src/store/tables/copy-tables.ts'
import { postgresTables } from '../../../src/store/tables/postgres-tables.ts'
import { sqliteTables, tableShapes } from '../../../src/store/tables/sqlite-tables.ts'
import * as postgres from '../../../tools/jest/shared-postgres.mjs'
import { commandEnvironment } from '../../../tools/service-environment.mjs'
import { createTempFolder } from '../../support/temp-folder.ts'
import { waitFor } from '../../support/wait-for.ts'
import { fillEveryTable } from '../backup/fill-every-table.ts'
import { restoreKeptDatabase } from '../database/kept-databases.ts'

const NOW = Date.UTC(2026, 10, 27, 12)
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

let admin: string
let folder: { path: string; remove(): Promise<void> }
/** A filled SQLite database, of which each test has a copy. */
let filled: string
let filledFolder: typeof folder

beforeAll(async () => {
  // Its own, because the gate starts none where most tests run on SQLite.
  if (process.env.TEST_POSTGRES === undefined) await postgres.start()
  admin = process.env.TEST_POSTGRES as string
  filledFolder = await createTempFolder()
  filled = join(filledFolder.path, 'filled.db')
  const database = openDatabase({ sqlite: filled })
  await database.migrate()
  await fillEveryTable(database)
  await database.close()
})
afterAll(async () => {
  await filledFolder?.remove()
  if (process.env.TEST_DATABASE !== 'postgres') {
    await postgres.stop()
    delete process.env.TEST_POSTGRES
  }
})
beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(() => folder.remove())

async function sqlitePlace(from?: string): Promise<DatabaseLocation> {
  const sqlite = join(folder.path, `${randomBytes(4).toString('hex')}.db`)
  if (from !== undefined) await copyFile(from, sqlite)
  return { sqlite }
}

async function postgresPlace(): Promise<DatabaseLocation> {
  const name = `m${randomBytes(8).toString('hex')}`
  const client = new pg.Client({ connectionString: admin })
  await client.connect()
  await client.query(`create database ${name}`).finally(() => client.end())
  return { postgres: admin.replace('/postgres?', `/${name}?`) }
}

async function within<T>(location: DatabaseLocation, work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  const database = openDatabase(location)
  return work(database).finally(() => database.close())
}

const statusOf = (location: DatabaseLocation) =>
  within(location, (database) => createStore(database).sendingState.status())

const move = (from: DatabaseLocation, to: DatabaseLocation, onProgress?: () => void) =>
  moveDatabase({ from, to, now: () => NOW, ...(onProgress && { onProgress }) })

/** Rows and checksum of every table but that of the hold. */
async function contentOf(location: DatabaseLocation): Promise<unknown> {
  const model = new Sqlite(filled)
  const shapes = tableShapes(model).filter(({ name }) => name !== 'stream')
  model.close()
  if ('postgres' in location) {
    const client = await connectAlone(location.postgres)
    const tables = postgresTables(client)
    const found = []
    for (const shape of shapes) found.push([shape.name, await digestOf(tables, shape)])
    await client.end()
    return found
  }
  const sqlite = new Sqlite(location.sqlite)
  const tables = sqliteTables(sqlite)
  const found = []
  for (const shape of shapes) found.push([shape.name, await digestOf(tables, shape)])
  sqlite.close()
  return found
}

test('to Postgres and back again: every row is the same, sending waits for a release, and ids go on', async () => {
  const first = await sqlitePlace(filled)
  const second = await postgresPlace()
  const third = await sqlitePlace()
  const content = await contentOf(first)
  await move(first, second)
  expect(await contentOf(second)).toEqual(content)
  expect(await statusOf(second)).toMatchObject({ state: 'held', cause: 'moved-here' })
  expect(await statusOf(first)).toMatchObject({
    state: 'held',
    cause: 'moved-away',
    reason: expect.stringContaining('moved to a Postgres database'),
  })
  await expect(move(first, await postgresPlace())).rejects.toThrow('moved already')
  await expect(move(second, third)).rejects.toThrow('npm run mail -- release')
  await within(second, (database) => createStore(database).sendingState.open('held', NOW))

  await move(second, third)
  expect(await contentOf(third)).toEqual(content)
  expect((await statusOf(second)).cause).toBe('moved-away')
  // Two are there, a third was erased.
  await within(third, async (database) => {
    const { learners } = createStore(database)
    expect((await learners.ensure({ address: 'new@example.test', addressKey: 'new', now: NOW })).id).toBe(4)
    expect(await database.migrate()).toEqual([])
  })
})

test.each(['postgres', 'sqlite'] as const)(
  'to %s: broken off anywhere, it continues and ends the same',
  async (kind) => {
    const original = await sqlitePlace(filled)
    const content = await contentOf(original)
    const [from, to] =
      kind === 'postgres' ? [original, await postgresPlace()] : [await postgresPlace(), await sqlitePlace()]
    if (kind === 'sqlite') {
      await move(original, from)
      await within(from, (database) => createStore(database).sendingState.open('held', NOW))
    }
    let done = false
    let attempts = 0
    // Each attempt gets four steps further than the last.
    for (; !done; attempts += 1) {
      let left = 4 * attempts
      done = await move(from, to, () => {
        left -= 1
        if (left < 0) throw new Error('broken off')
      }).then(
        () => true,
        (error: Error) => {
          expect(error.message).toBe('broken off')
          return false
        },
      )
      if (attempts === 2) {
        expect(await statusOf(from)).toMatchObject({ state: 'held', cause: 'moving' })
        expect(await statusOf(to)).toMatchObject({ state: 'held' })
      }
    }
    expect(attempts).toBeGreaterThan(4)
    expect(await contentOf(to)).toEqual(content)
    expect(await statusOf(to)).toMatchObject({ state: 'held', cause: 'moved-here' })
  },
)

test('Postgres at its first migration takes a database of that time, and both are the same after all later ones', async () => {
  const from = await sqlitePlace()
  const to = await postgresPlace()
  restoreKeptDatabase('017-course-languages', (from as { sqlite: string }).sqlite)
  await within(to, async ({ db }) => {
    const first = { '017-postgres-baseline': postgresMigrations['017-postgres-baseline'] as Migration }
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => first } }).migrateToLatest()
    expect(error).toBeUndefined()
  })
  const sqlite = new Sqlite((from as { sqlite: string }).sqlite)
  const client = await connectAlone((to as { postgres: string }).postgres)
  const shapes = tableShapes(sqlite)
  for (const { name } of [...shapes].reverse()) await client.query(`delete from ${name}`)
  await copyTables({ from: sqliteTables(sqlite), to: postgresTables(client), shapes })
  await client.end()
  sqlite.close()
  for (const location of [from, to]) await within(location, (database) => database.migrate())
  expect(await contentOf(to)).toEqual(await contentOf(from))
})

test('killed in the middle, the same command continues', async () => {
  const from = await sqlitePlace(filled)
  const to = await postgresPlace()
  const rows = 12_000
  await within(from, async ({ db }) => {
    for (let at = 0; at < rows; at += 1_000) {
      const page = Array.from({ length: 1_000 }, (_, index) => ({
        address_key: `k${at + index}`,
        reason: 'import',
        created_at: NOW,
      }))
      await db.insertInto('suppression').values(page).execute()
    }
  })
  const content = await contentOf(from)
  const run = () =>
    spawn(
      process.execPath,
      [`${ROOT}/src/database-command.ts`, 'move-database', '--to', (to as { postgres: string }).postgres],
      {
        cwd: folder.path,
        env: commandEnvironment({
          ...{ PATH: process.env.PATH ?? '', DATA_DIR: folder.path },
          DATABASE_URL: `sqlite:${(from as { sqlite: string }).sqlite}`,
        }),
      },
    )
  const watcher = await connectAlone((to as { postgres: string }).postgres)
  const copied = async () =>
    Number(
      (await watcher.query('select count(*) as n from suppression').catch(() => ({ rows: [{ n: 0 }] }))).rows[0]?.n,
    )
  const killed = run()
  const ended = once(killed, 'exit')
  await waitFor(async () => (await copied()) > 2_000, 'some rows')
  killed.kill('SIGKILL')
  expect((await ended)[1]).toBe('SIGKILL')
  expect(await copied()).toBeLessThan(rows)
  await watcher.end()
  expect(await statusOf(to)).toMatchObject({ state: 'held', cause: 'moving' })

  const again = run()
  let text = ''
  again.stdout.on('data', (chunk) => {
    text += chunk
  })
  expect(await once(again, 'exit')).toEqual([0, null])
  expect(text).toContain('npm run mail -- release')
  expect(await contentOf(to)).toEqual(content)
})

test('refuses what would mix two databases, in one sentence', async () => {
  const from = await sqlitePlace(filled)
  await expect(move(from, await sqlitePlace())).rejects.toThrow('npm run backup')
  const used = await postgresPlace()
  await within(used, (database) => database.migrate())
  await expect(move(from, used)).rejects.toThrow('tables in the target already')
  expect((await statusOf(from)).state).toBe('open')

  const half = await postgresPlace()
  let pages = 0
  const breakOff = () => {
    pages += 1
    if (pages === 3) throw new Error('broken off')
  }
  await expect(move(from, half, breakOff)).rejects.toThrow('broken off')
  await within(from, (database) => createStore(database).sendingState.open('held', NOW + 1))
  await expect(move(from, half)).rejects.toThrow('the beginning of another move')
})

test('refuses while the service runs, from and to either kind', async () => {
  const file = await sqlitePlace(filled)
  const server = await postgresPlace()
  await within(file, async ({ db }) => {
    await db.selectFrom('stream').selectAll().execute()
    await expect(move(file, server)).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('Stop it'),
    })
  })
  await within(server, async (database) => {
    await database.migrate()
    await expect(move(server, await sqlitePlace())).rejects.toMatchObject({ code: 'busy' })
    await expect(move(file, server)).rejects.toMatchObject({ code: 'busy' })
  })
})

test('what Postgres cannot keep is named by its table and ids, not by its content', async () => {
  const from = await sqlitePlace(filled)
  await within(from, ({ db }) => db.updateTable('enrolment').set({ name: 'a\0secret' }).where('id', '=', 2).execute())
  const attempt = move(from, await postgresPlace())
  await expect(attempt).rejects.toThrow(/^A row of enrolment with an id from 1 to 2 cannot be copied \(22021\)/)
  await expect(attempt).rejects.not.toThrow('secret')
})

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import type { Delivery, Preferences } from '../../src/core/model.ts'
import type { DatabaseLocation } from '../../src/core/service-urls/database-url.ts'
import type { Store } from '../../src/flow/ports/store-ports.ts'
import type { OpenDatabase } from '../../src/store/database/database.ts'
import { openPostgres } from '../../src/store/postgres/open-postgres.ts'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { createStore } from '../../src/store/store.ts'
import { writeMigratedFile } from './database/migrated-file.ts'
import { createTempFolder } from './temp-folder.ts'

export interface TestStore {
  readonly database: OpenDatabase
  readonly store: Store
  /** The file of an SQLite database. Throws on Postgres. */
  readonly file: string
  /** Its DATABASE_URL. */
  readonly url: string
  /** The same database again, as another process opens it. The caller closes it. */
  openAgain(): OpenDatabase
  close(): Promise<void>
}

/** A migrated database, opened in the same way as by the service: an SQLite file, or with TEST_DATABASE=postgres a Postgres one. */
export async function createTestStore(): Promise<TestStore> {
  return process.env.TEST_DATABASE === 'postgres' ? createPostgresStore() : createSqliteStore()
}

async function createSqliteStore(): Promise<TestStore> {
  const folder = await createTempFolder()
  const file = join(folder.path, 'test.db')
  await writeMigratedFile(file)
  const database = openSqlite(file)
  return {
    database,
    store: createStore(database),
    file,
    url: `sqlite:${file}`,
    openAgain: () => openSqlite(file),
    async close() {
      await database.close()
      await folder.remove()
    },
  }
}

async function createPostgresStore(): Promise<TestStore> {
  const admin = process.env.TEST_POSTGRES
  if (admin === undefined) throw new Error('Run the tests with Jest, which starts their Postgres.')
  const name = `t${randomBytes(8).toString('hex')}`
  await administer(admin, `create database ${name} template migrated`)
  return postgresStore(admin.replace('/postgres?', `/${name}?`), () =>
    administer(admin, `drop database ${name} with (force)`),
  )
}

/** A migrated Postgres database, which stays when it is closed unless `dropIt` drops it. */
export function postgresStore(url: string, dropIt: () => Promise<void> = async () => {}): TestStore {
  const database = openPostgres({ url, connections: 4 })
  return {
    database,
    store: createStore(database),
    get file(): string {
      throw new Error('A Postgres database is not a file.')
    },
    url,
    openAgain: () => openPostgres({ url, connections: 4 }),
    async close() {
      await database.close()
      await dropIt()
    },
  }
}

/** A place for a database where there is none yet, of the same engine as `createTestStore`. */
export async function createEmptyPlace(): Promise<{
  readonly location: DatabaseLocation
  open(): OpenDatabase
  close(): Promise<void>
}> {
  const admin = process.env.TEST_POSTGRES
  if (process.env.TEST_DATABASE === 'postgres' && admin !== undefined) {
    const name = `e${randomBytes(8).toString('hex')}`
    await administer(admin, `create database ${name}`)
    const url = admin.replace('/postgres?', `/${name}?`)
    return {
      location: { postgres: url },
      open: () => openPostgres({ url, connections: 4 }),
      close: () => administer(admin, `drop database ${name} with (force)`),
    }
  }
  const folder = await createTempFolder()
  const file = join(folder.path, 'empty.db')
  return { location: { sqlite: file }, open: () => openSqlite(file), close: folder.remove }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

export const PREFERENCES: Preferences = {
  name: 'Ada',
  timeZone: 'Europe/Berlin',
  hour: 7,
  discreet: false,
  webOnly: false,
  shortEmails: false,
  language: null,
  pace: 'daily' as const,
  reminderHour: null,
}

/**
 * An active enrolment with `days` planned deliveries, one second apart, starting at `now`. `began`: how many days its
 * course had then, if not as many as now.
 */
export async function enrolForTest(
  store: Store,
  options: { now: number; days: number; address?: string; began?: number },
) {
  const address = options.address ?? 'ada@example.test'
  const learner = await store.learners.ensure({ address, addressKey: `key of ${address}`, now: options.now })
  const enrolment = await store.enrolments.add({
    ...PREFERENCES,
    learnerId: learner.id,
    course: 'three-days',
    days: options.began ?? null,
    now: options.now,
  })
  const deliveries: readonly Delivery[] = await store.deliveries.plan(
    Array.from({ length: options.days }, (_, index) => ({
      learnerId: learner.id,
      kind: 'lesson' as const,
      enrolmentId: enrolment.id,
      signUpId: null,
      day: index + 1,
      dueAt: options.now + index * 1_000,
    })),
    options.now,
  )
  return { learner, enrolment, deliveries }
}

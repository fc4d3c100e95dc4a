import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import { postgresMigrations } from '../../../db/migrations/postgres.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import type { Database } from '../../../src/store/database/schema.ts'
import { createEmptyPlace } from '../../support/test-store.ts'

let place: Awaited<ReturnType<typeof createEmptyPlace>>
let database: OpenDatabase
beforeEach(async () => {
  place = await createEmptyPlace()
  database = place.open()
})
afterEach(async () => {
  await database.close()
  await place.close()
})

/** Migrates as the version before `018-pace-and-pause` does. */
async function migrateAsBefore(db: Kysely<Database>): Promise<readonly string[]> {
  const all = 'sqlite' in place.location ? migrations : postgresMigrations
  const earlier = Object.fromEntries(Object.entries(all).filter(([name]) => name < '018'))
  const { error, results } = await new Migrator({
    db,
    provider: { getMigrations: async () => earlier },
  }).migrateToLatest()
  if (error) throw error
  return (results ?? []).map(({ migrationName }) => migrationName)
}

async function tablesOf(db: Kysely<Database>): Promise<unknown> {
  const tables = await db.introspection.getTables()
  const applied = await sql`select name from kysely_migration order by name`.execute(db)
  return [tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]), applied.rows]
}

test('a migration that fails half way leaves the database as it was, and the version before goes on with it', async () => {
  await migrateAsBefore(database.db)
  const values = { address: 'ada@example.test', address_key: 'k', data_key: null, created_at: 1 }
  await database.db.insertInto('learner').values(values).execute()
  // A column that is there already fails after others were added.
  await sql`alter table enrolment add column paused_until bigint`.execute(database.db)
  const before = await tablesOf(database.db)

  await expect(database.migrate()).rejects.toThrow('paused_until')
  expect(await tablesOf(database.db)).toEqual(before)
  await database.close()
  database = place.open()
  expect(await migrateAsBefore(database.db)).toEqual([])
  expect(await database.db.selectFrom('learner').select('address').execute()).toEqual([{ address: values.address }])

  await sql`alter table enrolment drop column paused_until`.execute(database.db)
  expect((await database.migrate())[0]).toBe('018-pace-and-pause')
})

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../src/store/database/schema.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

// Compares a database of each kind after all migrations. On SQLite alone, a database with itself.
let here: TestStore
let sqlite: Kysely<Database>
let close: () => Promise<void>

beforeAll(async () => {
  here = await createTestStore()
  const folder = await createTempFolder()
  const database = openSqlite(join(folder.path, 'test.db'))
  await database.migrate()
  sqlite = database.db
  close = async () => {
    await database.close()
    await folder.remove()
  }
})
afterAll(async () => {
  await here?.close()
  await close?.()
})

const isOnPostgres = process.env.TEST_DATABASE === 'postgres'

async function columnsOf(db: Kysely<Database>) {
  const tables = await db.introspection.getTables()
  // `reading` stays on SQLite for versions from before 010, which never ran on Postgres.
  const own = tables.filter(({ name }) => !/^(kysely_|sqlite_)|^reading$/.test(name))
  return Object.fromEntries(
    own.map(({ name, columns }) => [
      name,
      Object.fromEntries(columns.map((column) => [column.name, column.isNullable ? 'may be null' : 'not null'])),
    ]),
  )
}

async function indexesOf(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } =
    isOnPostgres && db === here.database.db
      ? await sql<{
          name: string
        }>`select indexname as name from pg_indexes where schemaname = current_schema()`.execute(db)
      : await sql<{ name: string }>`select name from sqlite_master where type = 'index'`.execute(db)
  // Those of keys are named by the database.
  return rows
    .map(({ name }) => name)
    .filter((name) => !/^(sqlite_|kysely_)|_(pkey|key|once|version|one_a_day)$/.test(name))
    .sort()
}

/** SQLite lets a primary key be null unless it is told otherwise, which nothing relies on. */
async function withKeys(columns: Awaited<ReturnType<typeof columnsOf>>): Promise<typeof columns> {
  const { rows } = await sql<{ table: string; column: string }>`select tables.name as "table", info.name as "column"
    from sqlite_master as tables, pragma_table_info(tables.name) as info
    where tables.type = 'table' and info.pk > 0`.execute(sqlite)
  for (const { table, column } of rows) if (columns[table] !== undefined) columns[table][column] = 'not null'
  return columns
}

test('both have the same tables and columns', async () => {
  const found = await columnsOf(here.database.db)
  expect(isOnPostgres ? found : await withKeys(found)).toEqual(await withKeys(await columnsOf(sqlite)))
})

test('both have the same indexes', async () => {
  expect(await indexesOf(here.database.db)).toEqual(await indexesOf(sqlite))
})

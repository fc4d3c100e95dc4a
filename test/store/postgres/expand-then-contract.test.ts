import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import { postgresMigrations } from '../../../db/migrations/postgres.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

/** The first migration that Postgres shares with SQLite: before it, one machine had one version. */
const FIRST = '018'

/**
 * Processes of the version before go on while the next one migrates, so whatever they name must stay, and what they do not name must
 * do without them. The shared migrations are looked at on SQLite, where this takes no server.
 */
test('every migration that Postgres shares only adds: no column goes, and a new one needs no value', async () => {
  const shared = Object.keys(postgresMigrations).filter((name) => name >= FIRST)
  expect(shared).toEqual(Object.keys(migrations).filter((name) => name >= FIRST))
  const folder = await createTempFolder()
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Sqlite(join(folder.path, 'test.db')) }) })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
  const columns = async () => {
    const tables = await db.introspection.getTables()
    return new Map(
      tables.flatMap(({ name: table, columns }) =>
        columns.map(({ name, dataType, isNullable, hasDefaultValue, isAutoIncrementing }) => [
          `${table}.${name}`,
          { table, type: dataType, mustBeGiven: !(isNullable || hasDefaultValue || isAutoIncrementing) },
        ]),
      ),
    )
  }
  const upTo = Object.keys(migrations)
    .filter((name) => name < FIRST)
    .at(-1) as string
  await migrator.migrateTo(upTo)
  for (const name of shared) {
    const before = await columns()
    const { error } = await migrator.migrateTo(name)
    expect(error).toBeUndefined()
    const after = await columns()
    const known = new Set([...before.values()].map(({ table }) => table))
    for (const [column, { type, mustBeGiven }] of before)
      expect({ name, column, ...after.get(column) }).toMatchObject({ name, column, type, mustBeGiven })
    const added = [...after].filter(([column, { table }]) => !before.has(column) && known.has(table))
    expect({ name, mustBeGiven: added.filter(([, { mustBeGiven }]) => mustBeGiven) }).toEqual({ name, mustBeGiven: [] })
  }
  await db.destroy()
  await folder.remove()
})

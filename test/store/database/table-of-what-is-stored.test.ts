import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

const DECISION = new URL('../../../docs/decisions/0026-data-at-rest-and-retention.md', import.meta.url)
let folder: { path: string; remove(): Promise<void> }

beforeAll(async () => {
  folder = await createTempFolder()
})
afterAll(() => folder?.remove())

/** The first cell of each row of the table. */
function namedTables(): readonly string[] {
  const rows = readFileSync(DECISION, 'utf8').matchAll(/^\| (`[^|]*`) \|.*$/gm)
  return [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

test('decision 26 says of every table of the database, once, what it holds and for how long', async () => {
  const database = openSqlite(join(folder.path, 'fresh.db'))
  await database.migrate()
  const tables = (await database.db.introspection.getTables()).map(({ name }) => name)
  await database.close()
  expect([...namedTables()].sort()).toEqual([...tables].sort())
})

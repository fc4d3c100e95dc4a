import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createTempFolder } from '../temp-folder.ts'

/** Migrating takes longer than most tests, so each worker does it once. */
let migrated: Promise<Buffer> | null = null

async function migrate(): Promise<Buffer> {
  const folder = await createTempFolder()
  const file = join(folder.path, 'migrated.db')
  const database = openSqlite(file)
  await database.migrate()
  await database.close()
  const content = await readFile(file)
  await folder.remove()
  return content
}

/** Writes a new migrated SQLite database to `path`, an installation of its own. */
export async function writeMigratedFile(path: string): Promise<void> {
  migrated ??= migrate()
  await writeFile(path, await migrated, { mode: 0o600 })
  const database = new Sqlite(path)
  database.exec('update installation set name = lower(hex(randomblob(8)))')
  database.close()
}

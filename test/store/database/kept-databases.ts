import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'

const FOLDER = fileURLToPath(new URL('../../fixtures/databases', import.meta.url))
const ENDING = '.sql.gz'

/** Names of the migrations after which a database was kept, in order. */
export const keptDatabases: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort()

/** Writes the database of the version whose newest migration this was. */
export function restoreKeptDatabase(name: string, file: string): void {
  const sqlite = new Sqlite(file)
  sqlite.pragma('foreign_keys = OFF')
  sqlite.transaction(() => sqlite.exec(gunzipSync(readFileSync(join(FOLDER, name + ENDING))).toString()))()
  sqlite.close()
}

import type { DatabaseLocation } from '../core/service-urls/database-url.ts'
import type { OpenDatabase } from './database/database.ts'
import { openPostgres } from './postgres/open-postgres.ts'
import { openSqlite } from './sqlite/open-sqlite.ts'

/**
 * Opens the database of the settings, with at most so many connections to Postgres. Throws AppError 'misconfigured' if no SQLite
 * file can be opened there.
 */
export function openDatabase(location: DatabaseLocation, connections?: number): OpenDatabase {
  return 'sqlite' in location ? openSqlite(location.sqlite) : openPostgres({ url: location.postgres, connections })
}

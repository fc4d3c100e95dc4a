import type { Database as Sqlite3 } from 'better-sqlite3'
import { type Driver, Kysely, SqliteAdapter, SqliteDialect, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import { AppError } from '../../core/errors.ts'
import { type OpenDatabase, setQueryHandle } from '../database/database.ts'
import type { Database } from '../database/schema.ts'
import { cannotOpen, migrationError, prepareDatabaseFile } from './database-file.ts'
import { SqliteFileDriver, TransactionDriver } from './sqlite-driver.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { SqliteFile } from './sqlite-file.ts'

/**
 * Kysely would let one caller at a time reach the driver, and a caller waiting there for a lock would block all others
 * for twice their timeout. The driver does its own queueing instead.
 */
class FileAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }

  /** Safe with SQLite: concurrent migrators wait for the lock, then find the migrations applied. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export interface OpenSqlite extends OpenDatabase {
  /** Up to this migration, or to the newest. */
  migrate(upTo?: string): Promise<readonly string[]>
}

/**
 * Opens the database file at `path`, creating it if missing. A commit that has returned survives a power cut. Throws
 * AppError 'misconfigured' with the fix if no database can be opened there.
 */
export function openSqlite(path: string): OpenSqlite {
  const file = openFile(path)
  const db = openKysely(new SqliteFileDriver(file))
  const inside = openKysely(new TransactionDriver(file))
  setQueryHandle(db, { engine: sqliteEngine, run: (query) => file.run(query), isTransactional: false })
  setQueryHandle(inside, { engine: sqliteEngine, run: (query) => file.runInTransaction(query), isTransactional: true })
  return {
    db,
    async transaction(work) {
      const transaction = await file.begin()
      let result: Awaited<ReturnType<typeof work>>
      try {
        result = await work(inside)
      } catch (error) {
        transaction.rollback()
        throw error
      }
      await transaction.commit()
      return result
    },
    async migrate(upTo) {
      const migrator = migratorOf(db)
      const { error, results } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo))
      if (error) throw migrationError(path, error) ?? openError(path, error)
      return (results ?? []).map((result) => result.migrationName)
    },
    async close() {
      await db.destroy()
      // Kysely does not close a file that only prepared queries and transactions have used.
      file.close()
    },
  }
}

/** Migrates on this connection, which the caller keeps. */
export async function migrateAlone(sqlite: Sqlite3): Promise<void> {
  const { error } = await migratorOf(new Kysely({ dialect: new SqliteDialect({ database: sqlite }) })).migrateToLatest()
  if (error) throw migrationError(sqlite.name, error) ?? error
}

function migratorOf(db: Kysely<Database>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
}

function openFile(path: string): SqliteFile {
  prepareDatabaseFile(path)
  try {
    return new SqliteFile(path)
  } catch (error) {
    throw openError(path, error)
  }
}

/** Returns the error unchanged if it is not about the file. */
function openError(path: string, error: unknown): unknown {
  const isFileError = /^SQLITE_(CANTOPEN|READONLY|PERM|AUTH|NOTADB)/.test(String((error as { code?: unknown }).code))
  return isFileError ? new AppError('misconfigured', cannotOpen(path, error), { cause: error }) : error
}

function openKysely(driver: Driver): Kysely<Database> {
  return new Kysely<Database>({
    dialect: {
      createAdapter: () => new FileAdapter(),
      createDriver: () => driver,
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

import Sqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  type SqliteDialectConfig,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../db/migrations/index.ts'
import type { Database } from './schema.ts'

/** The one place that knows which database stands behind the query builder. */
export interface OpenDatabase {
  readonly db: Kysely<Database>
  /** Runs what migrations are missing; throws the migration's own error after rolling it back. */
  migrate(): Promise<readonly string[]>
  close(): Promise<void>
}

/** A deferred transaction that reads and then writes fails with BUSY whatever the timeout, so every one takes the write lock first. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** `file` is a path, or `:memory:` for tests. WAL and synchronous=FULL: a commit that returned survives a power cut. */
export function openSqlite(file: string, options: { busyTimeoutMs?: number } = {}): OpenDatabase {
  const sqlite = new Sqlite(file, { timeout: options.busyTimeoutMs ?? 5_000 })
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  // What is deleted is overwritten, so that an erased learner does not live on in free pages.
  sqlite.pragma('secure_delete = ON')
  const config: SqliteDialectConfig = { database: sqlite }
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateSqliteDriver(config),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return {
    db,
    async migrate() {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
      const { error, results } = await migrator.migrateToLatest()
      if (error) throw error
      return (results ?? []).map((result) => result.migrationName)
    },
    close: () => db.destroy(),
  }
}

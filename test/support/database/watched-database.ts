import Sqlite from 'better-sqlite3'
import { type CompiledQuery, Kysely, type QueryResult, SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import { setQueryHandle } from '../../../src/store/database/database.ts'
import type { Database } from '../../../src/store/database/schema.ts'
import { sqliteEngine } from '../../../src/store/sqlite/sqlite-engine.ts'

/** Runs prepared queries on a database file and records them. */
export interface WatchedDatabase {
  readonly db: Kysely<Database>
  /** The queries sent to the database, in order. */
  readonly queries: CompiledQuery[]
  /** If set, every query fails with this error. */
  fault: Error | null
  /** The steps of SQLite's query plan for this query. */
  planOf(query: CompiledQuery): readonly string[]
  close(): void
}

/** `isTransactional`: behave as within a transaction. */
export function watchDatabase(path: string, { isTransactional = false } = {}): WatchedDatabase {
  const file = new Sqlite(path)
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => ({}) as never,
      createIntrospector: () => ({}) as never,
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  const watched: WatchedDatabase = {
    db,
    queries: [],
    fault: null,
    planOf({ sql, parameters }) {
      const steps = file.prepare(`explain query plan ${sql}`).all(parameters) as { detail: string }[]
      return steps.map(({ detail }) => detail)
    },
    close: () => file.close(),
  }
  const run = async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
    watched.queries.push(query)
    if (watched.fault) throw watched.fault
    return { rows: file.prepare(query.sql).all(query.parameters) as R[] }
  }
  setQueryHandle(db, { engine: sqliteEngine, run, isTransactional })
  return watched
}

import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite, { type Database as Sqlite3, type Statement } from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { AppError } from '../core/errors.ts'
import { GroupCommit, type OpenTransaction } from './group-commit.ts'
import { explain, isLocked } from './sqlite-errors.ts'

/** A lock that the opening itself meets is waited for this long. */
const OPENING_PATIENCE_MS = 5_000

/**
 * Kysely's driver for better-sqlite3, statements prepared once. Two connections: one writes, and concurrent writes share
 * its commits; the other reads, so that nobody sees what is not durable yet and no reader waits for a writer. Inside a
 * transaction everything goes through the writing one. No lock is waited for by blocking the event loop.
 */
export class SqliteFileDriver implements Driver {
  readonly #writing: Prepared
  readonly #commits: GroupCommit
  readonly #file: string
  #reading: Prepared | null = null

  constructor(file: string) {
    this.#file = file
    this.#writing = new Prepared(new Sqlite(file, { timeout: 0 }))
    this.#commits = new GroupCommit(this.#writing.sqlite)
  }

  async init(): Promise<void> {
    await patiently(() => {
      this.#writing.sqlite.pragma('journal_mode = WAL')
      this.#writing.sqlite.pragma('synchronous = FULL')
      this.#writing.sqlite.pragma('foreign_keys = ON')
      // What is deleted is overwritten, so that an erased learner does not live on in free pages.
      this.#writing.sqlite.pragma('secure_delete = ON')
    })
    const reading = new Sqlite(this.#file, { timeout: 0 })
    reading.pragma('query_only = ON')
    this.#reading = new Prepared(reading)
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new FileConnection(this.#writing, this.#reading as Prepared, this.#commits)
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as FileConnection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as FileConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as FileConnection).rollback()
  }

  async destroy(): Promise<void> {
    this.#reading?.sqlite.close()
    this.#writing.sqlite.close()
  }
}

class FileConnection implements DatabaseConnection {
  readonly #writing: Prepared
  readonly #reading: Prepared
  readonly #commits: GroupCommit
  #transaction: OpenTransaction | null = null

  constructor(writing: Prepared, reading: Prepared, commits: GroupCommit) {
    this.#writing = writing
    this.#reading = reading
    this.#commits = commits
  }

  async begin(): Promise<void> {
    this.#transaction = await this.#commits.transaction()
  }

  async commit(): Promise<void> {
    const transaction = this.#transaction
    this.#transaction = null
    await transaction?.commit()
  }

  /** Also called where the commit failed; then nothing is left to undo. */
  rollback(): void {
    this.#transaction?.rollback()
    this.#transaction = null
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#transaction !== null) return explained(() => this.#writing.run<R>(query))
    switch (query.query.kind) {
      case 'SelectQueryNode':
        return patiently(() => this.#reading.run<R>(query))
      case 'InsertQueryNode':
      case 'UpdateQueryNode':
      case 'DeleteQueryNode':
        return this.#commits.write(() => this.#writing.run<R>(query))
      default:
        return this.#commits.alone(() => this.#writing.run<R>(query))
    }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }
}

/** A connection and its statements. */
class Prepared {
  readonly sqlite: Sqlite3
  readonly #statements = new Map<string, Statement>()

  constructor(sqlite: Sqlite3) {
    this.sqlite = sqlite
  }

  run<R>(query: CompiledQuery): QueryResult<R> {
    const statement = this.#prepare(query.sql)
    if (statement.reader) return { rows: statement.all(query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(query.parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.sqlite.prepare(sql)
    // Lists of changing length make endless different statements; only a bounded number is worth keeping.
    if (this.#statements.size < 500) this.#statements.set(sql, statement)
    return statement
  }
}

function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}

/** Tries until the lock is free or patience ends: in WAL a reader meets one only while the log is opened or recovered. */
async function patiently<T>(work: () => T): Promise<T> {
  const start = performance.now()
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isLocked(error)) throw explain(error)
      if (performance.now() - start > OPENING_PATIENCE_MS)
        throw new AppError('busy', 'The database is locked by another process. Try again in a moment.', {
          cause: error,
        })
    }
    await sleep(1 + Math.random() * 4)
  }
}

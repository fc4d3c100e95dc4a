import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite, { type Database as Sqlite3, type Statement } from 'better-sqlite3'
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely'
import { AppError } from '../core/errors.ts'

/** How long a caller waits for a lock another process holds, counted from its asking, before it hears `busy`. */
const PATIENCE_MS = 5_000
/** SQLite itself waits this long, blocking; the rest is waited for without blocking the event loop. */
const BLOCKING_MS = 5

/**
 * Kysely's driver for better-sqlite3: one connection behind a mutex, statements prepared once. A lock held by another
 * process is waited for asynchronously. What the database cannot do now is AppError `busy`: nothing of it is written.
 */
export class SqliteFileDriver implements Driver, Turns {
  readonly #sqlite: Sqlite3
  readonly #statements = new Map<string, Statement>()
  readonly #waiting: (() => void)[] = []
  #taken = false

  constructor(file: string) {
    this.#sqlite = new Sqlite(file, { timeout: BLOCKING_MS })
  }

  async init(): Promise<void> {
    const connection = new FileConnection(this.#sqlite, this.#statements, this)
    await this.takeTurn()
    await connection.patiently(() => {
      this.#sqlite.pragma('journal_mode = WAL')
      this.#sqlite.pragma('synchronous = FULL')
      this.#sqlite.pragma('foreign_keys = ON')
      // What is deleted is overwritten, so that an erased learner does not live on in free pages.
      this.#sqlite.pragma('secure_delete = ON')
    })
    this.endTurn()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = new FileConnection(this.#sqlite, this.#statements, this)
    await this.takeTurn()
    return connection
  }

  async releaseConnection(): Promise<void> {
    this.endTurn()
  }

  async takeTurn(): Promise<void> {
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#taken = true
  }

  endTurn(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken = false
  }

  /** A deferred transaction that reads and then writes fails with BUSY whatever the timeout: each takes the write lock first. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk makes SQLite roll back by itself; a second rollback would hide the reason.
    if (this.#sqlite.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async destroy(): Promise<void> {
    this.#sqlite.close()
  }
}

/** The one connection is used by one caller at a time. */
interface Turns {
  takeTurn(): Promise<void>
  endTurn(): void
}

class FileConnection implements DatabaseConnection {
  readonly #sqlite: Sqlite3
  readonly #statements: Map<string, Statement>
  readonly #turns: Turns
  readonly #askedAt = performance.now()

  constructor(sqlite: Sqlite3, statements: Map<string, Statement>, turns: Turns) {
    this.#sqlite = sqlite
    this.#statements = statements
    this.#turns = turns
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.patiently(() => {
      const statement = this.#prepare(query.sql)
      if (statement.reader) return { rows: statement.all(query.parameters) as R[] }
      const { changes, lastInsertRowid } = statement.run(query.parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    })
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  /** Tries until the lock is free or patience ends. Errors of the database become `busy`; others pass. */
  async patiently<T>(work: () => T): Promise<T> {
    for (;;) {
      try {
        return work()
      } catch (error) {
        const code = codeOf(error)
        if (!code.startsWith('SQLITE_BUSY')) throw explain(error, code)
        if (performance.now() - this.#askedAt > PATIENCE_MS)
          throw new AppError('busy', 'The database is locked by another process. Try again in a moment.', {
            cause: error,
          })
      }
      await this.#pause()
    }
  }

  /** Outside a transaction others go ahead meanwhile: who only reads does not wait for a lock that writing needs. */
  async #pause(): Promise<void> {
    const givesWay = !this.#sqlite.inTransaction
    if (givesWay) this.#turns.endTurn()
    await sleep(1 + Math.random() * 4)
    if (givesWay) await this.#turns.takeTurn()
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#sqlite.prepare(sql)
    // Lists of changing length make endless different statements; only a bounded number is worth keeping.
    if (this.#statements.size < 500) this.#statements.set(sql, statement)
    return statement
  }
}

/** By its shape: the add-on is loaded once a process, so its error class may be that of another copy of the package. */
function codeOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null && 'name' in error && 'code' in error)) return ''
  return error.name === 'SqliteError' ? String(error.code) : ''
}

function explain(error: unknown, code: string): unknown {
  if (code === 'SQLITE_FULL')
    return new AppError('busy', 'The disk is full: nothing can be saved until there is room.', { cause: error })
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|PROTOCOL)/.test(code))
    return new AppError('busy', 'The database cannot be written to right now.', { cause: error })
  return error
}

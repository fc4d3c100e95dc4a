import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite, { type Database as Sqlite3, type Statement } from 'better-sqlite3'
import type { CompiledQuery, QueryResult } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { GroupCommit, type OpenTransaction } from './group-commit.ts'
import { isLocked, toAppError } from './sqlite-errors.ts'

/** How long opening or reading waits for a lock. */
const LOCK_TIMEOUT_MS = 5_000
/**
 * Page cache of a connection, KiB. The rows of a delivery are needed for a tenth of a second only, and other rows are
 * in the system's file cache. Each commit scans all cached pages, so a larger cache is slower.
 */
const WRITING_CACHE_KIB = 4_000
/** Smaller, since this connection only reads while a group is being written. */
const READING_CACHE_KIB = 2_000

/**
 * An SQLite file with cached prepared statements. One connection writes, and concurrent writes share its commits. While
 * such a group is being written, a second connection reads, so that no reader sees changes that are not durable yet or
 * waits for a writer. Waiting for a lock of another process never blocks the event loop.
 */
export class SqliteFile {
  readonly #file: string
  readonly #writing: Prepared
  readonly #commits: GroupCommit
  #reading: Prepared | null = null
  #opening: Promise<void> | null = null

  constructor(file: string) {
    this.#file = file
    this.#writing = new Prepared(new Sqlite(file, { timeout: 0 }))
    this.#commits = new GroupCommit(this.#writing.sqlite)
  }

  /** With WAL and synchronous=FULL, a commit that has returned survives a power cut. */
  open(): Promise<void> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<void> {
    await retryWhileLocked(() => {
      this.#writing.sqlite.pragma('journal_mode = WAL')
      this.#writing.sqlite.pragma('synchronous = FULL')
      this.#writing.sqlite.pragma('foreign_keys = ON')
      this.#writing.sqlite.pragma(`cache_size = -${WRITING_CACHE_KIB}`)
      // Overwrites deleted content, so that an erased learner's data does not remain in free pages.
      this.#writing.sqlite.pragma('secure_delete = ON')
    })
    const reading = new Sqlite(this.#file, { timeout: 0 })
    reading.pragma('query_only = ON')
    reading.pragma(`cache_size = -${READING_CACHE_KIB}`)
    this.#reading = new Prepared(reading)
  }

  /** Runs a query outside transactions. A write settles once it is durable. */
  async run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#reading === null) await this.open()
    switch (query.query.kind) {
      case 'SelectQueryNode':
        return retryWhileLocked(() => this.#reader().run<R>(query))
      case 'InsertQueryNode':
      case 'UpdateQueryNode':
      case 'DeleteQueryNode':
        return this.#commits.write(() => this.#writing.run<R>(query))
      default:
        return this.#commits.alone(() => this.#writing.run<R>(query))
    }
  }

  async begin(): Promise<OpenTransaction> {
    if (this.#reading === null) await this.open()
    return this.#commits.transaction()
  }

  /** Runs a query within the open transaction. */
  async runInTransaction<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#commits.isInTransaction) throw new Error('A transaction was used after its end.')
    try {
      return this.#writing.run<R>(query)
    } catch (error) {
      throw toAppError(error)
    }
  }

  close(): void {
    this.#reading?.sqlite.close()
    this.#writing.sqlite.close()
  }

  /** Between groups the writing connection shows only durable data, and its cache is warmer. */
  #reader(): Prepared {
    return this.#commits.isWriting && this.#reading !== null ? this.#reading : this.#writing
  }
}

/** A connection and its prepared statements. */
class Prepared {
  readonly sqlite: Sqlite3
  readonly #statements = new Map<string, Known>()

  constructor(sqlite: Sqlite3) {
    this.sqlite = sqlite
  }

  run<R>(query: CompiledQuery): QueryResult<R> {
    const { statement, reads } = this.#prepare(query.sql)
    if (reads) return { rows: statement.all(query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(query.parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(sql: string): Known {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.sqlite.prepare(sql)
    const made = { statement, reads: statement.reader }
    // Bounded, since lists of varying length produce ever new statements.
    if (this.#statements.size < 500) this.#statements.set(sql, made)
    return made
  }
}

interface Known {
  readonly statement: Statement
  /** Whether it returns rows. */
  readonly reads: boolean
}

/** Retries until the timeout. In WAL mode a reader meets a lock only while the log is opened or recovered. */
async function retryWhileLocked<T>(work: () => T): Promise<T> {
  let start = 0
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isLocked(error)) throw toAppError(error)
      start ||= performance.now()
      if (performance.now() - start > LOCK_TIMEOUT_MS)
        throw new AppError('busy', 'The database is locked by another process. Try again in a moment.', {
          cause: error,
        })
    }
    await sleep(1 + Math.random() * 4)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite, { type Database as Sqlite3, type Statement } from 'better-sqlite3'
import type { CompiledQuery, QueryResult } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { GroupCommit, type OpenTransaction } from './group-commit.ts'
import { isLocked, toAppError } from './sqlite-errors.ts'

/** How long opening or reading waits for a lock. */
const LOCK_TIMEOUT_MS = 5_000
/**
 * Pages a connection keeps, in KiB. A delivery's rows are wanted for a tenth of a second and then not again, and whatever
 * else is asked for lies in the system's own cache; each commit looks through all pages that are kept, so more of them cost
 * time.
 */
const WRITING_CACHE_KIB = 4_000
/** It reads only while a group is being written. */
const READING_CACHE_KIB = 2_000

/**
 * An SQLite file, statements prepared once. One connection writes, and concurrent writes share its commits. While such a
 * group is being written a second connection reads, so that nobody sees what is not durable yet and no reader waits for a
 * writer. No lock of another process is waited for by blocking the event loop.
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

  /** WAL and synchronous=FULL: a commit that returned survives a power cut. */
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

  /** A query of its own. A write settles once it is durable. */
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

  /** A query of the transaction that is open now. */
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

  /** Between groups the writing connection shows what is durable, and its cache is the warmer one. */
  #reader(): Prepared {
    return this.#commits.isWriting && this.#reading !== null ? this.#reading : this.#writing
  }
}

/** A connection and its statements. */
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
    // Lists of changing length make endless different statements; only a bounded number is worth keeping.
    if (this.#statements.size < 500) this.#statements.set(sql, made)
    return made
  }
}

interface Known {
  readonly statement: Statement
  /** Whether it gives rows. */
  readonly reads: boolean
}

/** Tries until the lock is free or patience ends: in WAL a reader meets one only while the log is opened or recovered. */
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

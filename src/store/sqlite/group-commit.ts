import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Database as Sqlite3, Statement } from 'better-sqlite3'
import { AppError } from '../../core/errors.ts'
import { forEachYielding } from '../database/for-each-yielding.ts'
import { isLocked, toAppError } from './sqlite-errors.ts'

/** How long a caller waits for a lock held by another process before it fails with `busy`, counted from its call. */
const LOCK_TIMEOUT_MS = 5_000
/**
 * After the commit of a large group, the next group gathers members for this many times its duration, so that a slow
 * disk gets larger groups. After a small group there is no wait.
 */
const GATHER_FACTOR = 3
const MAX_GATHERING_MS = 10
const LARGE = 16
/** A group is closed to new members after this long, because its lock blocks other processes. */
const MAX_GROUP_MS = 10
/** Or after this many members. */
const MAX_GROUP_MEMBERS = 256

/** A transaction within a group: its changes are kept or undone on their own. */
export interface OpenTransaction {
  /** Settles once the group is durable; rejects with AppError `busy` when the group could not be committed. */
  commit(): Promise<void>
  /** Undoes this transaction alone. */
  rollback(): void
}

interface Member {
  readonly askedAt: number
  /** False: must run outside a transaction. */
  readonly shares: boolean
  /** Runs its statements; false if they are to be undone. Errors are passed to `failed`. */
  run(): boolean | Promise<boolean>
  committed(): void
  failed(error: unknown): void
}

/**
 * Writes of concurrent callers share durable commits: one fsync costs many times what a write does. All calls within
 * one turn of the event loop join the same group: one BEGIN IMMEDIATE, each member's statements one after the other,
 * one COMMIT. No call resolves before that COMMIT has returned, and a member that fails undoes its own part alone.
 * Between two groups the lock is free, so that other processes get their turn. If the database cannot write now, calls
 * fail with AppError `busy` and nothing of them is written.
 */
export class GroupCommit {
  readonly #sqlite: Sqlite3
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #savepoint: Statement
  readonly #release: Statement
  readonly #undo: Statement
  readonly #waiting: Member[] = []
  #isRunning = false
  /** Earliest start of the next group, in terms of performance.now(). */
  #gathersUntil = 0
  #isInTransaction = false
  #isWriting = false

  constructor(sqlite: Sqlite3) {
    this.#sqlite = sqlite
    // Takes the lock first: a deferred transaction that reads and then writes fails with BUSY whatever the timeout.
    this.#begin = sqlite.prepare('begin immediate')
    this.#commit = sqlite.prepare('commit')
    this.#rollback = sqlite.prepare('rollback')
    this.#savepoint = sqlite.prepare('savepoint member')
    this.#release = sqlite.prepare('release member')
    this.#undo = sqlite.prepare('rollback to member')
  }

  /** Whether a caller's transaction is open. */
  get isInTransaction(): boolean {
    return this.#isInTransaction
  }

  /** Whether the connection shows changes that are not durable yet. A flag, since asking SQLite costs a row lookup. */
  get isWriting(): boolean {
    return this.#isWriting
  }

  /** A single statement, which is atomic on its own. Settles once it is durable. */
  write<T>(statement: () => T): Promise<T> {
    return this.#join(true, statement)
  }

  /** For statements that cannot run inside a transaction, such as a checkpoint. */
  alone<T>(work: () => T): Promise<T> {
    return this.#join(false, work)
  }

  /** Gives the caller the connection until it commits or rolls back. Until then it may await only the database. */
  transaction(): Promise<OpenTransaction> {
    return new Promise((resolve, reject) => {
      const durable = Promise.withResolvers<void>()
      // A rollback need not wait for the rest of the group.
      durable.promise.catch(() => {})
      this.#ask({
        askedAt: performance.now(),
        shares: true,
        run: () =>
          new Promise<boolean>((done) => {
            this.#savepoint.run()
            this.#isInTransaction = true
            resolve({
              commit: () => {
                this.#isInTransaction = false
                if (this.#sqlite.inTransaction) this.#release.run()
                done(true)
                return durable.promise
              },
              rollback: () => {
                this.#isInTransaction = false
                // SQLite rolls back the whole transaction on a full disk.
                if (this.#sqlite.inTransaction) {
                  this.#undo.run()
                  this.#release.run()
                }
                done(false)
              },
            })
          }),
        committed: durable.resolve,
        failed: (error) => {
          reject(error)
          durable.reject(error)
        },
      })
    })
  }

  #join<T>(shares: boolean, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T
      this.#ask({
        askedAt: performance.now(),
        shares,
        run: () => {
          result = work()
          return true
        },
        committed: () => resolve(result),
        failed: reject,
      })
    })
  }

  #ask(member: Member): void {
    this.#waiting.push(member)
    if (this.#isRunning) return
    this.#isRunning = true
    this.#run()
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Calls made while gathering join the group, at least those of this turn of the event loop.
      const gathering = this.#gathersUntil - performance.now()
      await (gathering > 0.5 ? sleep(gathering) : nextTurn())
      if (this.#waiting[0]?.shares === false) await this.#runAlone(this.#waiting[0])
      else if (await this.#takeLock()) await this.#runGroup()
    }
    this.#isRunning = false
  }

  async #runAlone(member: Member): Promise<void> {
    try {
      await member.run()
      member.committed()
    } catch (error) {
      if (isLocked(error)) return this.#waitForLock(error)
      member.failed(toAppError(error))
    }
    this.#waiting.shift()
  }

  /** False if the lock is not available. */
  async #takeLock(): Promise<boolean> {
    this.#undoAll()
    try {
      this.#begin.run()
      this.#isWriting = true
      return true
    } catch (error) {
      if (isLocked(error)) await this.#waitForLock(error)
      else for (const member of this.#waiting.splice(0)) member.failed(toAppError(error))
      return false
    }
  }

  /** Rejects the callers whose wait has timed out. */
  async #waitForLock(error: unknown): Promise<void> {
    const now = performance.now()
    while (this.#waiting[0] && now - this.#waiting[0].askedAt > LOCK_TIMEOUT_MS)
      this.#waiting.shift()?.failed(new AppError('busy', LOCKED, { cause: error }))
    // Jitter keeps waiting processes from retrying in step.
    await sleep(1 + Math.random() * 2)
  }

  async #runGroup(): Promise<void> {
    const members: Member[] = []
    const end = performance.now() + MAX_GROUP_MS
    let isOpen = true
    do {
      const member = this.#waiting.shift() as Member
      try {
        const outcome = member.run()
        if (typeof outcome === 'boolean') {
          if (outcome) members.push(member)
          continue
        }
        if (await outcome) members.push(member)
      } catch (error) {
        member.failed(toAppError(error))
      }
      // SQLite rolls back the whole transaction on a full disk, whether or not the caller has seen the error.
      isOpen = this.#sqlite.inTransaction
    } while (isOpen && members.length < MAX_GROUP_MEMBERS && this.#waiting[0]?.shares && performance.now() < end)
    const fault = this.#end(members.length)
    this.#isWriting = this.#sqlite.inTransaction
    await forEachYielding(members, (member) => {
      if (fault === null) member.committed()
      else member.failed(fault)
    })
  }

  /** Commits. Returns the error if nothing of the group was kept. */
  #end(members: number): unknown {
    // SQLite has already rolled back; the caller that caused it got the error.
    if (!this.#sqlite.inTransaction) return new AppError('busy', UNDONE)
    const start = performance.now()
    try {
      this.#commit.run()
      const end = performance.now()
      this.#gathersUntil = members < LARGE ? 0 : end + Math.min(GATHER_FACTOR * (end - start), MAX_GATHERING_MS)
      return null
    } catch (error) {
      this.#undoAll()
      return toAppError(error)
    }
  }

  /** A rollback that fails is tried again before the next group starts. */
  #undoAll(): void {
    try {
      if (this.#sqlite.inTransaction) this.#rollback.run()
    } catch {}
  }
}

const LOCKED = 'The database is locked by another process. Try again in a moment.'
const UNDONE = 'The database could not be written to just now. Try again in a moment.'

import type { CompiledQuery, Expression, Kysely, QueryResult, RawBuilder } from 'kysely'
import type { Database } from './schema.ts'

/** An open database, SQLite or Postgres. */
export interface OpenDatabase {
  readonly db: Kysely<Database>
  /**
   * Runs `work` as one transaction; rolled back if it throws. Transactions of all processes run one after the other, so that
   * what `work` reads stays true until it commits. `work` must not await anything but `inside`, and may run again.
   */
  transaction<T>(work: (inside: Kysely<Database>) => Promise<T>): Promise<T>
  /** Applies the missing migrations and returns their names. Rolls back a failed one and throws its error. */
  migrate(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Columns of `jsonRows` with their types; numbers are whole. */
export type JsonColumns<R> = Readonly<Record<keyof R & string, 'number' | 'text'>>

/** What SQLite and Postgres express or do differently. */
export interface Engine {
  /** Whether a query is a round trip to a server, so that others gather while one is under way. */
  readonly isRemote: boolean
  /** The numbers of a JSON list for use with `in`, as one parameter whatever their count. */
  jsonNumbers(list: string): Expression<number>
  /** The same for a list of lists: each inner list becomes a row with these columns, in order. */
  jsonRows<R extends object>(lists: string, columns: JsonColumns<R>): RawBuilder<R>
  /** The bytes of a column that holds them in hexadecimal, as JSON must. */
  bytesOfHex(column: string): RawBuilder<Uint8Array | null>
  /** A text column in lower case, compared byte by byte, as the index `learner_address` has it. */
  lowerCase(column: string): RawBuilder<string>
  /** The part of a text column after its first `@`. */
  domainOf(column: string): RawBuilder<string>
  /** Locks these enrolments against claims of other processes until the transaction ends, or null if a claim needs none. */
  readonly lockForClaims: ((db: Kysely<Database>, deliveryIds: readonly number[]) => Promise<void>) | null
  /** Locks this name against other processes until the transaction ends; null if one statement is enough. */
  readonly lockName: ((db: Kysely<Database>, name: string) => Promise<void>) | null
  /** The highest id ever assigned in this table, including erased rows; 0 if none. */
  highestIdEver(db: Kysely<Database>, table: keyof Database): Promise<number>
  /** Advances the id sequence of every table, so that ids assigned after an older backup are not reused. */
  skipIds(db: Kysely<Database>, by: number): Promise<void>
  /**
   * Empties the log where erased rows would otherwise stay until they are overwritten. Returns false if another process is
   * reading from it.
   */
  truncateLog(db: Kysely<Database>): Promise<boolean>
  /** Bytes that `rewrite` would write. */
  size(db: Kysely<Database>): Promise<number>
  /** Removes what erased rows left in unused space. Blocks other writes. */
  rewrite(db: Kysely<Database>): Promise<void>
}

/** How queries of a handle reach its database. */
export interface QueryHandle {
  readonly engine: Engine
  run<R>(query: CompiledQuery): Promise<QueryResult<R>>
  /** Its queries run within the open transaction. */
  readonly isTransactional: boolean
  /** Runs `work` in a short transaction of its own, in which statements may lock rows. */
  readonly transaction?: OpenDatabase['transaction']
}

const handles = new WeakMap<Kysely<Database>, QueryHandle>()

export function setQueryHandle(db: Kysely<Database>, handle: QueryHandle): void {
  handles.set(db, handle)
}

/** Throws for a handle that no engine has opened. */
export function handleOf(db: Kysely<Database>): QueryHandle {
  const handle = handles.get(db)
  if (handle === undefined) throw new Error('This handle belongs to no open database.')
  return handle
}

/**
 * Runs `work` while no other process does so under this name, for a statement that counts rows before it adds one. `work` must
 * not await anything but `inside`, and may run again.
 */
export async function exclusively<T>(
  db: Kysely<Database>,
  name: string,
  work: (inside: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const { engine, transaction } = handleOf(db)
  const { lockName } = engine
  if (lockName === null) return work(db)
  const locked = async (inside: Kysely<Database>) => {
    await lockName(inside, name)
    return work(inside)
  }
  return transaction === undefined ? locked(db) : transaction(locked)
}

export function engineOf(db: Kysely<Database>): Engine {
  return handleOf(db).engine
}

export type Value = number | string | Uint8Array | null
export type Row = Readonly<Record<string, Value>>
/** The values of a table's key columns, in the order of `TableShape.key`. */
export type Key = readonly Value[]

export interface TableShape {
  readonly name: string
  /** By name, since databases that were migrated in different steps order them differently. */
  readonly columns: readonly { readonly name: string; readonly type: 'number' | 'text' | 'bytes' }[]
  /** The columns of the primary key. */
  readonly key: readonly string[]
}

/** The rows of a database as they are stored, for copies that no use case is about. Belongs to one connection. */
export interface Tables {
  /** All tables, also those that are not copied. */
  names(): Promise<readonly string[]>
  /** Names of the migrations applied, in order; empty for a database that has none. */
  migrations(): Promise<readonly string[]>
  /** The next rows after this key, in ascending order of keys, compared byte by byte: the same order on both engines. */
  page(shape: TableShape, after: Key | null, limit: number): Promise<readonly Row[]>
  /** All rows or none. */
  insert(shape: TableShape, rows: readonly Row[]): Promise<void>
  /** The greatest key; null for an empty table. */
  lastKey(shape: TableShape): Promise<Key | null>
  /** The highest id ever assigned in each table that numbers its rows. */
  highestIds(): Promise<ReadonlyMap<string, number>>
  setHighestIds(ids: ReadonlyMap<string, number>): Promise<void>
  /** Runs one statement; parameters are written `?`. */
  run(statement: string, parameters?: readonly Value[]): Promise<readonly Row[]>
}

/** Tables of the migrator, of a move, and one that only versions before migration 010 read. */
const NOT_COPIED = /^(kysely_|sqlite_)|^(database_move|reading)$/

export function isCopied(table: string): boolean {
  return !NOT_COPIED.test(table)
}

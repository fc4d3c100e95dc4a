import {
  CompiledQuery,
  type Driver,
  type Expression,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import { AppError } from '../../core/errors.ts'
import { cannotOpen, migrationError, prepareDatabaseFile } from '../sqlite/database-file.ts'
import { SqliteFileDriver, TransactionDriver } from '../sqlite/sqlite-driver.ts'
import { SqliteFile } from '../sqlite/sqlite-file.ts'
import { setPreparedRunner } from './prepared-queries.ts'
import type { Database } from './schema.ts'

/** The only module that knows which database is behind the query builder. */
export interface OpenDatabase {
  readonly db: Kysely<Database>
  /** BEGIN IMMEDIATE ... COMMIT; rolled back if `work` throws. `work` must not await anything but `inside`. */
  transaction<T>(work: (inside: Kysely<Database>) => Promise<T>): Promise<T>
  /** Applies the missing migrations. Rolls back a failed one and throws its error. */
  migrate(): Promise<readonly string[]>
  close(): Promise<void>
}

/**
 * Empties the write-ahead log, where pages of erased rows would otherwise stay until they are overwritten.
 * Returns false if another process is reading from it.
 */
export async function truncateWal(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await db.executeQuery<{ busy: number }>(CompiledQuery.raw('pragma wal_checkpoint(truncate)'))
  return rows[0]?.busy === 0
}

/** Requests a rewrite of the file at the next upkeep. Call it in the transaction that erases. */
export async function askForRewrite(db: Kysely<Database>): Promise<void> {
  await db
    .insertInto('upkeep')
    .values({ task: REWRITE })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function isRewriteDue(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('upkeep').select('task').where('task', '=', REWRITE).executeTakeFirst()) !== undefined
}

const REWRITE = 'rewrite'

/**
 * Rewrites the file, because `secure_delete` zeroes deleted rows but not the copies that rows moved between pages leave
 * in unused space. Blocks all other writes. Returns false if the file is larger than `limit` bytes. If it cannot be
 * rewritten now, rejects and leaves the rewrite due.
 */
export async function rewriteFile(db: Kysely<Database>, limit: number): Promise<boolean> {
  const { rows } = await db.executeQuery<{ bytes: number }>(
    CompiledQuery.raw('select page_count * page_size as bytes from pragma_page_count, pragma_page_size'),
  )
  if ((rows[0]?.bytes ?? 0) > limit) return false
  // Cleared first, so that an erasure during the rewrite requests another one.
  await db.deleteFrom('upkeep').where('task', '=', REWRITE).execute()
  try {
    await db.executeQuery(CompiledQuery.raw('vacuum'))
  } catch (error) {
    await askForRewrite(db)
    throw error
  }
  return true
}

/** The numbers of a JSON list for use with `in`, as one parameter whatever their count. */
export function jsonNumbers(list: string): Expression<number> {
  return sql<number>`(select value from json_each(${list}))`
}

/** The same for a list of lists: each inner list becomes a row with these columns, in order. */
export function jsonRows<R extends object>(lists: string, columns: readonly (keyof R & string)[]): RawBuilder<R> {
  const values = columns.map((column, index) => sql`value ->> ${sql.lit(index)} as ${sql.ref(column)}`)
  return sql<R>`(select ${sql.join(values)} from json_each(${lists}))`
}

/** The bytes of a column that holds them in hexadecimal, as JSON must. */
export function bytesOfHex(column: string): RawBuilder<Uint8Array | null> {
  return sql<Uint8Array | null>`unhex(${sql.ref(column)})`
}

/** The highest id ever assigned in this table, including erased rows; 0 if none. */
export async function highestIdEver(db: Kysely<Database>, table: keyof Database): Promise<number> {
  const query = CompiledQuery.raw('select seq from sqlite_sequence where name = ?', [table])
  const { rows } = await db.executeQuery<{ seq: number }>(query)
  return rows[0]?.seq ?? 0
}

/** Advances the id sequence of every table, so that ids assigned after an older backup are not reused. */
export async function skipIds(db: Kysely<Database>, by: number): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('update sqlite_sequence set seq = seq + ?', [by]))
}

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

/**
 * Opens the database file at `path`, creating it if missing. A commit that has returned survives a power cut. Throws
 * AppError 'misconfigured' with the fix if no database can be opened there.
 */
export function openSqlite(path: string): OpenDatabase {
  const file = openFile(path)
  const db = openKysely(new SqliteFileDriver(file))
  const inside = openKysely(new TransactionDriver(file))
  setPreparedRunner(db, { run: (query) => file.run(query), isTransactional: false })
  setPreparedRunner(inside, { run: (query) => file.runInTransaction(query), isTransactional: true })
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
    async migrate() {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
      const { error, results } = await migrator.migrateToLatest()
      if (error) throw migrationError(path, error) ?? openError(path, error)
      return (results ?? []).map((result) => result.migrationName)
    },
    close: () => db.destroy(),
  }
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

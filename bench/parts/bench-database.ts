import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { openPostgres } from '../../src/store/postgres/open-postgres.ts'
import { postgresTables } from '../../src/store/tables/postgres-tables.ts'
import { sqliteTables, tableShapes } from '../../src/store/tables/sqlite-tables.ts'
import type { DatabaseName } from '../options.ts'
import type { Cleanup } from './cleanup.ts'
import type { Context } from './measure.ts'
import { askPostgres, clusterOf, connectPostgres } from './postgres-cluster.ts'
import { type SeedOptions, seed } from './seed.ts'

type Value = number | string

/** The database of a run, of either kind. Statements are those that both understand, with `?` for each value. */
export interface BenchDatabase {
  readonly name: DatabaseName
  /** Its DATABASE_URL. */
  readonly url: string
  query<R extends object>(statement: string, ...values: readonly Value[]): Promise<readonly R[]>
  /** In one transaction that does not wait for the disk: preparations need not survive a power cut. */
  prepare(statement: string, rows: readonly (readonly Value[])[]): Promise<void>
  /** Does at once what autovacuum does in time: a statement that moved every lesson leaves as many dead rows before them. */
  tidy(): Promise<void>
  seed(options: SeedOptions): Promise<void>
  size(): Promise<Size>
  /** CPU time of its server so far, ms: 0 where the workers contain it, null without /proc. */
  cpuMs(): number | null
}

export interface Size {
  readonly bytes: number
  readonly walBytes: number
  /** The rows of `delivery`, and each of its indexes. */
  readonly delivery: readonly { readonly name: string; readonly bytes: number }[]
}

export type SqliteDatabase = BenchDatabase & { readonly file: string }

export function sqliteDatabase(file: string): SqliteDatabase {
  const opened = <T>(options: Sqlite.Options, work: (db: Sqlite.Database) => T): T => {
    const db = new Sqlite(file, { timeout: 10_000, ...options })
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
  return {
    name: 'sqlite',
    url: `sqlite:${file}`,
    file,
    query: async <R>(statement: string, ...values: readonly Value[]) =>
      opened({ readonly: statement.startsWith('select') }, (db) => db.prepare(statement).all(...values) as R[]),
    prepare: async (statement, rows) =>
      opened({}, (db) => {
        db.pragma('synchronous = OFF')
        db.pragma('cache_size = -500000')
        const prepared = db.prepare(statement)
        db.transaction(() => {
          for (const row of rows) prepared.run(...row)
        }).immediate()
        db.pragma('wal_checkpoint(truncate)')
      }),
    tidy: async () => {},
    seed: (options) => seed(file, options),
    size: async () =>
      opened({ readonly: true }, (db) => {
        const pragma = (name: string) => Number(db.pragma(name, { simple: true }))
        const walBytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
        const delivery = db
          .prepare(
            `select used.name, used.pgsize as bytes from dbstat as used
             join sqlite_master as named on named.name = used.name
             where used.aggregate = 1 and named.tbl_name = 'delivery' order by bytes desc`,
          )
          .all() as Size['delivery']
        return { bytes: pragma('page_count') * pragma('page_size'), walBytes, delivery }
      }),
    cpuMs: () => 0,
  }
}

let databases = 0

/** Creates an empty, migrated database in the cluster of this run, which `cleanup` drops. */
export async function postgresDatabase(context: Context, cleanup: Cleanup): Promise<BenchDatabase> {
  const cluster = await clusterOf(context)
  databases += 1
  const database = `bench${databases}`
  const admin = cluster.urlOf('postgres')
  await askPostgres(admin, `create database ${database}`)
  cleanup.add(async () => void (await askPostgres(admin, `drop database ${database} with (force)`)))
  const url = cluster.urlOf(database)
  const opened = openPostgres({ url, connections: 1 })
  await opened.migrate()
  await opened.close()
  return {
    name: 'postgres',
    url,
    query: (statement, ...values) => askPostgres(url, numbered(statement), values),
    async prepare(statement, rows) {
      const client = await connectPostgres(url)
      try {
        await client.query('set synchronous_commit = off')
        // One statement may change the lessons of a million learners.
        await client.query('set statement_timeout = 0')
        await client.query('begin')
        for (const row of rows) await client.query({ name: 'prepare', text: numbered(statement), values: [...row] })
        await client.query('commit')
      } finally {
        await client.end()
      }
    },
    tidy: async () => void (await askPostgres(url, 'vacuum (analyze) delivery')),
    async seed(options) {
      const file = join(context.dataFolder, `${database}.db`)
      await seed(file, options)
      await copySeeded(file, url)
      for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
    },
    async size() {
      const [row] = await askPostgres<{ bytes: number }>(url, 'select pg_database_size(current_database()) as bytes')
      const delivery = await askPostgres<Size['delivery'][number]>(
        url,
        `select relname as name, pg_relation_size(oid) as bytes from pg_class
         where oid = 'delivery'::regclass or oid in (select indexrelid from pg_index where indrelid = 'delivery'::regclass)
         order by bytes desc`,
      )
      return { bytes: row?.bytes ?? Number.NaN, walBytes: Number.NaN, delivery }
    },
    cpuMs: () => cluster.cpuMs(),
  }
}

/** What is seeded, in an order in which rows come after those they refer to. */
const SEEDED = ['learner', 'enrolment', 'sign_up', 'delivery']
const PAGE = 2_000

/** Copies what `seed` wrote to an SQLite file into an empty Postgres database. */
export async function copySeeded(file: string, url: string, onProgress?: (rows: number) => void): Promise<void> {
  const sqlite = new Sqlite(file, { readonly: true })
  const client = await connectPostgres(url)
  try {
    const [from, to] = [sqliteTables(sqlite), postgresTables(client)]
    const shapes = tableShapes(sqlite)
    // Neither foreign keys nor the disk are waited for.
    await client.query('set session_replication_role = replica')
    await client.query('set synchronous_commit = off')
    let copied = 0
    for (const name of SEEDED) {
      const shape = shapes.find((one) => one.name === name)
      if (shape === undefined) throw new Error(`There is no table ${name}.`)
      for (let page = await from.page(shape, null, PAGE); page.length > 0; ) {
        await to.insert(shape, page)
        copied += page.length
        onProgress?.(copied)
        const last = page.at(-1)
        page = await from.page(
          shape,
          shape.key.map((column) => last?.[column] ?? null),
          PAGE,
        )
      }
    }
    await to.setHighestIds(new Map([...(await from.highestIds())].filter(([table]) => SEEDED.includes(table))))
    await client.query('vacuum (analyze)')
    // What is measured next begins with an empty log.
    await client.query('checkpoint')
  } finally {
    await client.end()
    sqlite.close()
  }
}

function numbered(statement: string): string {
  let at = 0
  return statement.replaceAll('?', () => {
    at += 1
    return `$${at}`
  })
}

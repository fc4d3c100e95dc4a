import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { postgresMigrations } from '../../../db/migrations/postgres.ts'
import { AppError } from '../../core/errors.ts'
import { type OpenDatabase, setQueryHandle } from '../database/database.ts'
import type { Database } from '../database/schema.ts'
import { connectionProblem } from './inspect-postgres.ts'
import { LOCK_SPACE, postgresEngine, TRANSACTION_LOCK } from './postgres-engine.ts'
import { isStalePlan, mayBeRepeated, toAppError } from './postgres-errors.ts'
import { LASTING, primaryClient } from './primary-client.ts'
import { createStatementNames } from './statement-names.ts'

export interface PostgresOptions {
  /** As libpq names it: `postgres://user:password@host:port/database?sslmode=verify-full`; may name several hosts. */
  readonly url: string
  /** Connections of this process at most. */
  readonly connections?: number | undefined
}

/** Names of connections in `pg_stat_activity`. */
export const SERVICE = 'email-course'
const MAINTENANCE = 'email-course maintenance'
const CONNECT_TIMEOUT_MS = 5_000
/** A statement that takes longer is cancelled: its row locks would hold up everybody else. */
const STATEMENT_TIMEOUT_MS = 30_000
/** Also ends the transaction of a process that was stopped in the middle of it. */
const IDLE_IN_TRANSACTION_MS = 10_000
/** Runs of a transaction or statement that deadlocks before it fails. */
const ATTEMPTS = 5
const INT8 = 20
const NUMERIC = 1700
/** Of all connections, because each has to know one text for one name. */
const statementNames = createStatementNames()

/**
 * Opens a Postgres database with a pool of connections. Nothing connects before the first query. Errors of a database that is
 * away are AppError `busy`.
 */
export function openPostgres({ url, connections = 10 }: PostgresOptions): OpenDatabase {
  const pool = new pg.Pool({
    ...LASTING,
    Client: primaryClient(url),
    max: connections,
    // One always stays, so that a restore finds a process that has nothing to do.
    min: 1,
    application_name: SERVICE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types: { getTypeParser: typeParser },
  })
  // A connection that breaks while nobody uses it is replaced by the pool. Unheard, the event would end the process.
  pool.on('error', () => {})
  const adapter = new PostgresAdapter()
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => adapter,
      createDriver: () => withAppErrors(new PostgresDialect({ pool }).createDriver()),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  /** The handle of a connection's transactions, of which it has one at a time. */
  const handles = new WeakMap<pg.PoolClient, Kysely<Database>>()

  function handleFor(client: pg.PoolClient): Kysely<Database> {
    const known = handles.get(client)
    if (known !== undefined) return known
    const inside = insideTransaction(client, new ClientDriver(client), adapter)
    handles.set(client, inside)
    return inside
  }

  async function once<T>(begin: string, work: (inside: Kysely<Database>) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken = false
    try {
      await client.query(begin)
      const result = await work(handleFor(client))
      // After a failed statement whose error was caught, this says ROLLBACK and not that it failed.
      if ((await client.query('commit')).command !== 'COMMIT') throw new Error('The transaction was rolled back.')
      return result
    } catch (error) {
      // A connection whose state is unknown is not used again.
      await client.query('rollback').catch(() => {
        broken = true
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  const inTransaction = <T>(begin: string, work: (inside: Kysely<Database>) => Promise<T>) =>
    repeated(() => once(begin, work))

  const begin = 'begin isolation level read committed'
  setQueryHandle(db, {
    engine: postgresEngine,
    run: <R>(query: CompiledQuery) => repeated(() => runPrepared<R>(pool, query)),
    isTransactional: false,
    transaction: (work) => inTransaction(begin, work),
  })
  return {
    db,
    // In one round trip. Each statement of a transaction sees what was committed before it began, so after the lock.
    transaction: (work) =>
      inTransaction(`${begin}; select pg_advisory_xact_lock(${LOCK_SPACE}, ${TRANSACTION_LOCK})`, work),
    migrate: () => migratePostgres(db),
    async close() {
      await db.destroy()
      // Kysely does not end a pool that only prepared queries and transactions have used.
      if (!pool.ending) await pool.end()
    },
  }
}

/** A handle on the open transaction of a connection. */
function insideTransaction(
  client: pg.ClientBase,
  driver: ClientDriver,
  adapter = new PostgresAdapter(),
): Kysely<Database> {
  const inside = new Kysely<Database>({
    dialect: {
      createAdapter: () => adapter,
      createDriver: () => driver,
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  setQueryHandle(inside, {
    engine: postgresEngine,
    run: (query) => runPrepared(client, query),
    isTransactional: true,
  })
  return inside
}

/** Migrates within the open transaction of this connection, into its current schema. */
export async function migrateWithin(client: pg.ClientBase): Promise<Kysely<Database>> {
  const inside = insideTransaction(client, new NestingDriver(client))
  const { rows } = await client.query<{ schema: string }>('select current_schema() as schema')
  await migratePostgres(inside, rows[0]?.schema)
  return inside
}

/** `schema` where another schema may hold tables of the same names, such as those that a restore has moved aside. */
async function migratePostgres(db: Kysely<Database>, schema?: string): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...postgresMigrations }) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw migrationError(error) ?? toAppError(error)
  return (results ?? []).map((result) => result.migrationName)
}

/**
 * One connection that is no part of the service, for work on the whole database. Throws AppError 'misconfigured' with the fix if
 * it cannot be made; `setting` names where the address is from.
 */
export async function connectAlone(url: string, setting?: string): Promise<pg.Client> {
  const Client = primaryClient(url)
  const client = new Client({
    ...LASTING,
    application_name: MAINTENANCE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser: typeParser },
  })
  try {
    await client.connect()
    return client
  } catch (error) {
    throw new AppError('misconfigured', connectionProblem(error, setting), { cause: error })
  }
}

/** Runs `work` again after a deadlock, of which nothing was kept. Errors of a database that is away are AppError `busy`. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !mayBeRepeated(error)) throw toAppError(error)
    }
  }
}

/** 64-bit integers and sums as numbers: instants and ids stay below 2^53. */
function typeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === INT8 || oid === NUMERIC) return Number
  return pg.types.getTypeParser(oid, format as 'text')
}

/** Planning a claim takes longer than running it, so queries that are compiled once are also planned once for each connection. */
async function runPrepared<R>(client: pg.Pool | pg.ClientBase, query: CompiledQuery): Promise<QueryResult<R>> {
  const name = statementNames.of(query.sql)
  try {
    return await runOn(client, query, name)
  } catch (error) {
    if (isStalePlan(error)) statementNames.renew(name)
    throw error
  }
}

async function runOn<R>(client: pg.Pool | pg.ClientBase, query: CompiledQuery, name?: string): Promise<QueryResult<R>> {
  try {
    const values = query.parameters.map(withoutNul)
    const { rows, rowCount, command } = await client.query(
      name === undefined ? { text: query.sql, values } : { name, text: query.sql, values },
    )
    return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) }
  } catch (error) {
    throw mayBeRepeated(error) ? error : toAppError(error)
  }
}

/**
 * Postgres refuses a statement with a NUL in a text, which forms, files and URLs may contain. SQLite keeps it, so here the
 * replacement character stands for it, and what it is compared with is not found.
 */
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
}

/** Runs queries within the open transaction of one connection. */
class ClientDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(client: pg.ClientBase) {
    this.#connection = {
      executeQuery: (query) => runOn(client, query),
      async *streamQuery<R>(query: CompiledQuery) {
        yield await runOn<R>(client, query)
      },
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new Error('Transactions cannot be nested.')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async destroy(): Promise<void> {}
}

/** A transaction within the open one is part of it. */
class NestingDriver extends ClientDriver {
  override async beginTransaction(): Promise<void> {}
}

/** Kysely's own driver, whose errors become AppError `busy` where the database is away. */
function withAppErrors(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async () => {
    try {
      const connection = await acquire()
      return new Proxy(connection, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (name !== 'executeQuery') return typeof value === 'function' ? value.bind(target) : value
          return (query: CompiledQuery) =>
            target.executeQuery({ ...query, parameters: query.parameters.map(withoutNul) }).catch((error: unknown) => {
              throw toAppError(error)
            })
        },
      })
    } catch (error) {
      throw toAppError(error)
    }
  }
  return driver
}

function migrationError(error: unknown): AppError | null {
  const message = error instanceof Error ? error.message : ''
  const missing = /previously executed migration (\S+) is missing/.exec(message)?.[1]
  if (missing === undefined) return null
  return new AppError(
    'misconfigured',
    `The database was brought up to date by a newer version of this service (${missing}). ` +
      'Start that version, or restore a backup of the database made before.',
  )
}

import { existsSync } from 'node:fs'
import Sqlite, { type Database as Sqlite3 } from 'better-sqlite3'
import { migrations } from '../../../db/migrations/index.ts'
import { sqliteMigrationOf } from '../../../db/migrations/postgres.ts'
import { AppError } from '../../core/errors.ts'
import type { DatabaseLocation } from '../../core/service-urls/database-url.ts'
import type { HoldCause } from '../../flow/ports/sending-ports.ts'
import { requireStopped } from '../postgres/exclusive-use.ts'
import { connectAlone, migrateWithin } from '../postgres/open-postgres.ts'
import { prepareDatabaseFile } from '../sqlite/database-file.ts'
import { openExclusively } from '../sqlite/open-exclusively.ts'
import { migrateAlone } from '../sqlite/open-sqlite.ts'
import { type CopyProgress, copyTables } from '../tables/copy-tables.ts'
import { postgresTables } from '../tables/postgres-tables.ts'
import { sqliteTables, tableShapes } from '../tables/sqlite-tables.ts'
import { isCopied, type Tables } from '../tables/tables.ts'

export interface MoveOptions {
  readonly from: DatabaseLocation
  readonly to: DatabaseLocation
  readonly now: () => number
  readonly onProgress?: (progress: CopyProgress) => void
}

/** One of the two databases, which nobody else uses until it is closed. */
interface Side {
  readonly tables: Tables
  /** The open file of an SQLite database. */
  readonly sqlite: Sqlite3 | null
  /** Creates the tables of the service. */
  migrate(): Promise<void>
  /** From now on nobody else can change what is read. */
  freeze(): Promise<void>
  /** Commits what was changed since `freeze`. */
  thaw(): Promise<void>
  close(): Promise<void>
}

/**
 * How far a move is, kept in its target: `new`, then `copying` once there are empty tables, then `done` once all rows are
 * there. `since` is when the hold of the source began: a release in between ends the move.
 */
interface MoveState {
  readonly installation: string
  readonly since: number
  readonly step: 'new' | 'copying' | 'done'
}

/** The row in which sending is held is not copied: each side has its own. */
const SENDING_STATE = 'stream'

/**
 * Copies all rows from one engine to the other and leaves sending on hold in both: in the target until it is released, in the
 * source because it is no longer the one in use. A move that was killed continues where it was. Throws AppError with the fix.
 */
export async function moveDatabase(options: MoveOptions): Promise<void> {
  const { from, to } = options
  if ('sqlite' in from === 'sqlite' in to)
    throw new AppError(
      'misconfigured',
      'Both databases are of the same kind. Copy one with npm run backup, and put it in place with npm run restore.',
    )
  const source = await openSide(from, { setting: 'DATABASE_URL', create: false })
  try {
    const target = await openSide(to, { setting: '--to', create: true })
    try {
      await move(source, target, options)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function move(source: Side, target: Side, options: MoveOptions): Promise<void> {
  const { now, onProgress } = options
  let state = await continuedState(source, target)
  if (state === null) {
    await requireMovable(source)
    await requireEmpty(target)
    await hold(source, 'moving', movingTo(options.to), now())
    state = { ...(await sourceState(source)), step: 'new' }
    await noteState(target, state)
  }
  await source.freeze()
  if (state.step === 'new') await setUp(target, movingTo(options.to), state)
  if (state.step !== 'done') {
    const shapes = tableShapes((source.sqlite ?? target.sqlite) as Sqlite3)
    await copyTables({
      from: source.tables,
      to: target.tables,
      shapes: shapes.filter(({ name }) => name !== SENDING_STATE),
      onProgress,
    })
    const reason = `the database was moved here at ${isoTime(now())}. Sending is on hold until you run: npm run mail -- release`
    await hold(target, 'moved-here', reason, now())
    await target.tables.run("update database_move set step = 'done'")
  }
  const reason =
    `the database was moved to ${describe(options.to)} at ${isoTime(now())}, and this one is no longer in use. Set DATABASE_URL to ` +
    'the new one. To use this one after all, with the other one stopped: npm run mail -- release --anyway'
  // Its time tells a move that was killed here from another one.
  await hold(source, 'moved-away', reason, state.since)
  await source.thaw()
  await target.tables.run('drop table database_move')
}

/** The state of the move that the target is half through; null if there is none. */
async function continuedState(source: Side, target: Side): Promise<MoveState | null> {
  if (!(await target.tables.names()).includes('database_move')) return null
  const [found] = await target.tables.run('select installation, since, step from database_move')
  const own = await sourceState(source)
  if (found?.installation === own.installation && found.since === own.since)
    return { ...own, step: found.step as MoveState['step'] }
  throw new AppError(
    'misconfigured',
    'The target holds the beginning of another move, or sending was released meanwhile. Empty it, or name another target.',
  )
}

async function sourceState(source: Side): Promise<Pick<MoveState, 'installation' | 'since'>> {
  const [row] = await source.tables.run(
    'select installation.name as installation, stream.since as since from installation, stream',
  )
  return { installation: String(row?.installation), since: Number(row?.since) }
}

async function requireMovable(source: Side): Promise<void> {
  const last = (await source.tables.migrations()).at(-1)
  const newest = Object.keys(migrations).sort().at(-1)
  if (last === undefined || sqliteMigrationOf(last) !== newest)
    throw new AppError('misconfigured', 'The database is not of this version. Run npm run migrate first.')
  const [status] = await source.tables.run('select state, cause from stream')
  if (status?.state !== 'held' || status.cause === 'operator' || status.cause === 'moving') return
  throw new AppError(
    'misconfigured',
    status.cause === 'moved-away'
      ? 'This database was moved already. Set DATABASE_URL to the new one.'
      : 'Sending is on hold since the database was restored or moved here. Look into it and run npm run mail -- release, then move.',
  )
}

async function requireEmpty(target: Side): Promise<void> {
  if ((await target.tables.names()).length === 0) return
  throw new AppError('misconfigured', 'There are tables in the target already. Name an empty database after --to.')
}

/** The first that is written to the target, so that whatever follows can be continued. */
async function noteState(target: Side, { installation, since, step }: MoveState): Promise<void> {
  await inTransaction(target, async () => {
    await target.tables.run(
      'create table database_move (installation text not null, since bigint not null, step text not null)',
    )
    await target.tables.run('insert into database_move (installation, since, step) values (?, ?, ?)', [
      installation,
      since,
      step,
    ])
  })
}

/** Creates the tables, empty. Sending is held before there are rows. */
async function setUp(target: Side, reason: string, { since }: MoveState): Promise<void> {
  await target.migrate()
  await inTransaction(target, async () => {
    for (const table of (await target.tables.names()).filter(isCopied))
      if (table !== SENDING_STATE) await target.tables.run(`delete from ${table}`)
    await hold(target, 'moving', reason, since)
    await target.tables.run("update database_move set step = 'copying'")
  })
}

async function hold({ tables }: Side, cause: HoldCause, reason: string, since: number): Promise<void> {
  await tables.run(`update stream set state = 'held', cause = ?, reason = ?, since = ?, probe_at = null where id = 1`, [
    cause,
    reason,
    since,
  ])
}

async function inTransaction({ tables }: Side, work: () => Promise<void>): Promise<void> {
  await tables.run('begin')
  await work()
  await tables.run('commit')
}

function openSide(
  location: DatabaseLocation,
  { setting, create }: { readonly setting: string; readonly create: boolean },
): Promise<Side> {
  return 'sqlite' in location ? openFile(location.sqlite, create) : openServer(location.postgres, setting)
}

async function openFile(file: string, create: boolean): Promise<Side> {
  if (!create && !existsSync(file)) throw new AppError('misconfigured', `There is no database at ${file} yet.`)
  prepareDatabaseFile(file)
  if (!existsSync(file)) new Sqlite(file).close()
  const sqlite = openExclusively(file)
  return {
    tables: sqliteTables(sqlite),
    sqlite,
    migrate: () => migrateAlone(sqlite),
    freeze: async () => {},
    thaw: async () => {},
    close: async () => void sqlite.close(),
  }
}

async function openServer(url: string, setting: string): Promise<Side> {
  const client = await connectAlone(url, setting)
  const tables = postgresTables(client)
  try {
    await requireStopped(client)
  } catch (error) {
    await client.end()
    throw error
  }
  return {
    tables,
    sqlite: null,
    async migrate() {
      await tables.run('begin')
      await migrateWithin(client)
      await tables.run('commit')
    },
    async freeze() {
      const names = (await tables.names()).filter(isCopied)
      await tables.run("set lock_timeout = '5s'")
      await tables.run('begin isolation level repeatable read')
      // Before the first query, so that it sees everything that was committed before the lock was granted.
      await tables.run(`lock table ${names.join(', ')} in share mode`)
    },
    thaw: async () => void (await tables.run('commit')),
    close: () => client.end().catch(() => {}),
  }
}

function movingTo(to: DatabaseLocation): string {
  return (
    `the database is being moved to ${describe(to)}. Finish with npm run move-database, or give the move up: ` +
    'npm run mail -- release --anyway'
  )
}

/** Without user and password. */
function describe(location: DatabaseLocation): string {
  return 'sqlite' in location ? location.sqlite : 'a Postgres database'
}

function isoTime(instant: number): string {
  return new Date(instant).toISOString()
}

import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { migrations } from '../../../db/migrations/index.ts'
import { sqliteMigrationOf } from '../../../db/migrations/postgres.ts'
import { AppError } from '../../core/errors.ts'
import { keyFingerprint } from '../../core/security/key-fingerprint.ts'
import type { DatabaseLocation } from '../../core/service-urls/database-url.ts'
import { connectAlone } from '../postgres/open-postgres.ts'
import { databaseProblem } from '../sqlite/database-file.ts'
import { openSqlite } from '../sqlite/open-sqlite.ts'
import { type CopyProgress, copyTables } from '../tables/copy-tables.ts'
import { postgresTables } from '../tables/postgres-tables.ts'
import { quoted, sqliteTables, tableShapes } from '../tables/sqlite-tables.ts'
import { fileError, sha256Of, stampOf, syncPath } from './durable-files.ts'
import { COPY, MANIFEST, type Manifest } from './manifest.ts'

export interface BackupOptions {
  readonly database: DatabaseLocation
  /** The folder in which the backup becomes a folder of its own. */
  readonly into: string
  readonly version: string
  readonly secret: string
  readonly salt: Uint8Array
  readonly keepElsewhere: readonly string[]
  readonly now: () => number
  readonly onProgress?: (progress: CopyProgress) => void
}

/** A folder of this name is not a backup yet. */
const UNFINISHED = '.unfinished-'
/** An unfinished backup that is older belongs to a process that was killed. */
const ABANDONED_MS = 86_400_000
const LOCK_TIMEOUT_MS = 5_000

/**
 * Copies the database while the service runs, as it is at one instant, into a new folder with a manifest. Returns the folder,
 * which gets its name once everything in it survives a power cut. Throws AppError with the fix, and then leaves nothing.
 */
export async function takeBackup(options: BackupOptions): Promise<{ folder: string; manifest: Manifest }> {
  const { database, into, now } = options
  if ('sqlite' in database && !existsSync(database.sqlite))
    throw new AppError(
      'misconfigured',
      `There is no database at ${database.sqlite} yet. Set DATABASE_URL or DATA_DIR as the service has them.`,
    )
  const takenAt = now()
  const folder = join(into, stampOf(takenAt))
  const unfinished = join(into, `${UNFINISHED}${stampOf(takenAt)}-${process.pid}`)
  if (existsSync(folder)) throw new AppError('busy', `${folder} exists already. Wait a second, or name another folder.`)
  try {
    mkdirSync(into, { recursive: true, mode: 0o700 })
    removeAbandoned(into, takenAt)
    mkdirSync(unfinished, { mode: 0o700 })
    const file = join(unfinished, COPY)
    if ('sqlite' in database) copySqlite(database.sqlite, file)
    else await copyPostgres(database.postgres, file, options.onProgress)
    const manifest: Manifest = {
      format: 1,
      version: options.version,
      engine: 'sqlite' in database ? 'sqlite' : 'postgres',
      ...describe(file),
      takenAt: new Date(takenAt).toISOString(),
      bytes: statSync(file).size,
      sha256: await sha256Of(file),
      secretKey: {
        salt: Buffer.from(options.salt).toString('base64url'),
        scrypt: keyFingerprint(options.secret, options.salt),
      },
      keepElsewhere: [...options.keepElsewhere],
    }
    chmodSync(file, 0o600)
    syncPath(file)
    writeFileSync(join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    syncPath(unfinished)
    renameSync(unfinished, folder)
    syncPath(into)
    return { folder, manifest }
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw fileError(error, into)
  }
}

/** One read transaction: writers go on meanwhile. The copy has nothing of what erased rows left in unused space. */
function copySqlite(from: string, to: string): void {
  const problem = databaseProblem(from)
  if (problem !== null) throw new AppError('misconfigured', problem)
  const sqlite = new Sqlite(from, { fileMustExist: true, timeout: LOCK_TIMEOUT_MS })
  try {
    sqlite.prepare('vacuum into ?').run(to)
  } finally {
    sqlite.close()
  }
}

/** The same, as an SQLite file of the same migration, so that there is one kind of backup. */
async function copyPostgres(url: string, to: string, onProgress: BackupOptions['onProgress']): Promise<void> {
  const client = await connectAlone(url)
  try {
    await client.query('begin isolation level repeatable read read only')
    const from = postgresTables(client)
    const last = (await from.migrations()).at(-1)
    if (last === undefined)
      throw new AppError(
        'misconfigured',
        'There is nothing in this database yet. Set DATABASE_URL as the service has it.',
      )
    await migrateCopy(to, sqliteMigrationOf(last))
    const sqlite = new Sqlite(to)
    try {
      sqlite.pragma('journal_mode = DELETE')
      sqlite.pragma('synchronous = OFF')
      const shapes = tableShapes(sqlite)
      // Rows that the migrations created.
      for (const { name } of shapes) sqlite.exec(`delete from ${quoted(name)}`)
      await copyTables({ from, to: sqliteTables(sqlite), shapes, onProgress })
    } finally {
      sqlite.close()
    }
  } finally {
    await client.end().catch(() => {})
  }
}

async function migrateCopy(file: string, migration: string): Promise<void> {
  if (!Object.hasOwn(migrations, migration))
    throw new AppError(
      'misconfigured',
      `The database was brought up to date by a newer version of this service (${migration}). Make the backup with that version.`,
    )
  const made = openSqlite(file)
  try {
    await made.migrate(migration)
  } finally {
    await made.close()
  }
}

function describe(file: string): Pick<Manifest, 'migration' | 'rows'> {
  const sqlite = new Sqlite(file, { readonly: true })
  try {
    const count = ({ name }: { name: string }) =>
      sqlite.prepare<[], { n: number }>(`select count(*) as n from ${quoted(name)}`).get()?.n ?? 0
    const last = sqlite.prepare<[], { name: string }>('select max(name) as name from kysely_migration').get()
    return {
      migration: last?.name ?? '',
      rows: Object.fromEntries(tableShapes(sqlite).map((shape) => [shape.name, count(shape)])),
    }
  } finally {
    sqlite.close()
  }
}

function removeAbandoned(into: string, now: number): void {
  for (const name of readdirSync(into)) {
    const path = join(into, name)
    if (name.startsWith(UNFINISHED) && now - statSync(path).mtimeMs > ABANDONED_MS)
      rmSync(path, { recursive: true, force: true })
  }
}

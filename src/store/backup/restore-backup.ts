import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Sqlite, { type Database as Sqlite3 } from 'better-sqlite3'
import { migrations } from '../../../db/migrations/index.ts'
import { AppError } from '../../core/errors.ts'
import { keyFingerprint } from '../../core/security/key-fingerprint.ts'
import type { DatabaseLocation } from '../../core/service-urls/database-url.ts'
import { engineOf, type OpenDatabase } from '../database/database.ts'
import { requireStopped } from '../postgres/exclusive-use.ts'
import { connectAlone, migrateWithin } from '../postgres/open-postgres.ts'
import { createHeartbeats } from '../sending/heartbeats.ts'
import { createSendingState } from '../sending/sending-state.ts'
import { prepareDatabaseFile } from '../sqlite/database-file.ts'
import { openExclusively } from '../sqlite/open-exclusively.ts'
import { openSqlite } from '../sqlite/open-sqlite.ts'
import { type CopyProgress, copyTables } from '../tables/copy-tables.ts'
import { postgresTables } from '../tables/postgres-tables.ts'
import { quoted, sqliteTables, tableShapes } from '../tables/sqlite-tables.ts'
import { fileError, sha256Of, stampOf, syncPath } from './durable-files.ts'
import { COPY, type Manifest, readManifest } from './manifest.ts'

export interface RestoreOptions {
  readonly database: DatabaseLocation
  /** The backup. */
  readonly from: string
  /** For a file on the way; on the same disk as an SQLite database. */
  readonly dataDir: string
  /** Null: this installation has none. */
  readonly secret: string | null
  /** Move a database that is there aside, instead of refusing. */
  readonly replace: boolean
  /** Ids to leave out after those of the copy. */
  readonly skipIds: number
  readonly now: () => number
  readonly onProgress?: (progress: CopyProgress) => void
}

export interface Restored {
  readonly manifest: Manifest
  /** Where the database that was there is now; null if there was none. */
  readonly aside: string | null
}

/**
 * Puts the database of a backup in place, with all sending on hold. Either engine takes the backup of either. What was there
 * stays complete until then, and is kept. Throws AppError with the fix, and then nothing has changed.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { database, from, dataDir, now } = options
  const manifest = readManifest(from)
  checkVersion(manifest)
  checkKey(manifest, options.secret)
  const place = 'sqlite' in database ? `${database.sqlite}.restoring` : join(dataDir, 'restoring.db')
  try {
    if ('sqlite' in database) checkFormer(database.sqlite, options)
    removeFile(place)
    await copyChecked(join(from, COPY), place, manifest)
    const reason =
      `the database was restored at ${new Date(now()).toISOString()} from a backup made at ${manifest.takenAt}. ` +
      'Sending is on hold until you run: npm run mail -- release'
    const copy = openSqlite(place)
    try {
      await copy.migrate()
      await hold(copy.db, options, reason)
      await createHeartbeats(copy.db).beat('backup', Date.parse(manifest.takenAt))
    } finally {
      await copy.close()
    }
    const aside =
      'sqlite' in database
        ? swapFile(place, database.sqlite, options)
        : await loadIntoPostgres(place, database.postgres, options)
    return { manifest, aside }
  } catch (error) {
    throw fileError(error, dirname(place))
  } finally {
    removeFile(place)
  }
}

function checkVersion({ migration, version }: Manifest): void {
  if (Object.hasOwn(migrations, migration)) return
  throw new AppError(
    'misconfigured',
    `This backup was made by a newer version of this service (${version}, ${migration}). Install that version, then restore.`,
  )
}

function checkKey({ secretKey }: Manifest, secret: string | null): void {
  if (secret === null)
    throw new AppError(
      'misconfigured',
      'There is no SECRET_KEY here, and without it links and answers in the backup are lost. Set the SECRET_KEY it belongs to, or put the file "secret" back into DATA_DIR.',
    )
  if (keyFingerprint(secret, Buffer.from(secretKey.salt, 'base64url')) !== secretKey.scrypt)
    throw new AppError(
      'misconfigured',
      'The backup belongs to another SECRET_KEY. Set that one, or put the file "secret" that belongs to it back into DATA_DIR.',
    )
}

/** Compares what arrived, not what was read before. */
async function copyChecked(from: string, to: string, { sha256 }: Manifest): Promise<void> {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  try {
    copyFileSync(from, to)
    chmodSync(to, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new AppError('misconfigured', `The backup is incomplete: ${from} is missing. Use another backup.`)
  }
  if ((await sha256Of(to)) !== sha256)
    throw new AppError(
      'misconfigured',
      `The backup is damaged: ${from} does not match its checksum. Use another backup.`,
    )
}

async function hold(db: OpenDatabase['db'], options: RestoreOptions, reason: string): Promise<void> {
  // Links and Message-IDs contain ids, and some were assigned after the copy was made.
  await engineOf(db).skipIds(db, options.skipIds)
  await createSendingState(db).hold(reason, 'restored', options.now())
}

/** At every moment there is a whole database under the name. Returns where the former one is; null if there was none. */
function swapFile(place: string, file: string, { now }: RestoreOptions): string | null {
  syncPath(place)
  const aside = `${file}.before-${stampOf(now())}`
  const former = existsSync(file)
  if (former) {
    closeFormer(file)
    linkSync(file, aside)
  }
  // Of a file that could not be opened. With the new one SQLite would take them for its own.
  for (const suffix of ['-wal', '-shm', '-journal'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  renameSync(place, file)
  syncPath(dirname(file))
  return former ? aside : null
}

/** Before the work of the restore, and without changing anything. */
function checkFormer(file: string, { replace }: RestoreOptions): void {
  if (!existsSync(file)) prepareDatabaseFile(file)
  else if (!replace) throw alreadyThere(`The file ${file}`)
  else closeFormer(file)
}

/** Proves that nobody uses it, and writes its log into it. A file that is no database is left as it is. */
function closeFormer(file: string): void {
  let former: Sqlite3
  try {
    former = openExclusively(file)
  } catch (error) {
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) return
    throw error
  }
  try {
    former.pragma('wal_checkpoint(truncate)')
  } finally {
    former.close()
  }
}

/** In one transaction. */
async function loadIntoPostgres(place: string, url: string, options: RestoreOptions): Promise<string | null> {
  const client = await connectAlone(url)
  const sqlite = new Sqlite(place)
  try {
    await requireStopped(client)
    await client.query("begin; set local lock_timeout = '5s'")
    const to = postgresTables(client)
    const shapes = tableShapes(sqlite)
    const known = new Set([...shapes.map(({ name }) => name), ...MIGRATOR_TABLES])
    const own = (await to.names()).filter((table) => known.has(table))
    if (own.length > 0 && !options.replace) throw alreadyThere('The database of DATABASE_URL has tables, and')
    const aside = own.length > 0 ? `before_${stampOf(options.now()).toLowerCase()}` : null
    if (aside !== null) {
      await client.query(`create schema ${quoted(aside)}`)
      for (const table of own) await client.query(`alter table ${quoted(table)} set schema ${quoted(aside)}`)
    }
    await migrateWithin(client)
    for (const { name } of [...shapes].reverse()) await client.query(`delete from ${quoted(name)}`)
    await copyTables({ from: sqliteTables(sqlite), to, shapes, onProgress: options.onProgress })
    await client.query('commit')
    return aside === null ? null : `schema ${aside}`
  } catch (error) {
    throw (error as { code?: unknown }).code === '42501'
      ? new AppError(
          'misconfigured',
          'This user may not create a schema for the tables that are there. Make it the owner of the database: alter database ... owner to ...',
        )
      : error
  } finally {
    sqlite.close()
    await client.end().catch(() => {})
  }
}

const MIGRATOR_TABLES = ['kysely_migration', 'kysely_migration_lock']

function alreadyThere(what: string): AppError {
  return new AppError(
    'misconfigured',
    `${what} is there already. Add --replace to move it aside and keep it, or name another database in DATABASE_URL.`,
  )
}

function removeFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

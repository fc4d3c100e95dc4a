import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../core/errors.ts'

const HEADER = 'SQLite format 3\0'

/** Why this file cannot be the database, in one sentence with the fix; null if it can. Changes nothing. */
export function databaseProblem(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory())
    return `DATABASE_URL: ${file} is a folder. Name a file in it, such as sqlite:${file}/bootcamp.db.`
  if (found && !found.isFile()) return `DATABASE_URL: ${file} is not a regular file. Name a file on a local disk.`
  if (found && !may(file, constants.R_OK | constants.W_OK))
    return `DATABASE_URL: ${file} cannot be read and written by this user. Grant access, or name another file.`
  const folder = dirname(file)
  const around = statSync(folder, { throwIfNoEntry: false })
  if (around && !around.isDirectory()) return `DATABASE_URL: ${folder} is a file, not a folder. Correct the path.`
  // SQLite creates its log next to the file.
  if (around && !may(folder, constants.W_OK | constants.X_OK))
    return `DATABASE_URL: this user cannot write in ${folder}. Grant access, or name a file elsewhere.`
  if (found && found.size > 0 && headerOf(file) !== HEADER)
    return `DATABASE_URL: ${file} is not an SQLite database. Correct the path, or put the database back from a backup.`
  return null
}

/** Creates the parent folder if missing. Throws AppError 'misconfigured' if there can be no database. */
export function prepareDatabaseFile(file: string): void {
  const problem = lookAt(file)
  if (problem !== null) throw new AppError('misconfigured', problem)
  try {
    makeFolder(dirname(file))
  } catch (cause) {
    throw new AppError('misconfigured', cannotOpen(file, cause), { cause })
  }
}

function lookAt(file: string): string | null {
  try {
    return databaseProblem(file)
  } catch (error) {
    return cannotOpen(file, error)
  }
}

/** For errors found only on opening, such as a read-only mount. */
export function cannotOpen(file: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  return `DATABASE_URL: ${file} cannot be opened or created (${code}). Name a file where this user can write.`
}

/** Explains what is wrong with the database when a migration cannot run. */
export function migrationError(file: string, error: unknown): AppError | null {
  const message = error instanceof Error ? error.message : ''
  const missing = /previously executed migration (\S+) is missing/.exec(message)?.[1]
  if (missing === undefined) return null
  return new AppError(
    'misconfigured',
    `The database ${file} was brought up to date by a newer version of this service (${missing}). ` +
      'Start that version, or restore a backup of the database made before.',
  )
}

function headerOf(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(HEADER.length)
    const length = readSync(descriptor, bytes, 0, bytes.length, 0)
    return bytes.toString('latin1', 0, length)
  } finally {
    closeSync(descriptor)
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

/** Replaces Node's recursive mkdir, which never returns where creating a folder fails with ENOENT, as under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../core/errors.ts'
import { errorCode } from './error-code.ts'

/** Creates the folder if missing. Throws AppError 'misconfigured' with the fix if it is not writable. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new AppError(
      'misconfigured',
      `Cannot write to the data folder ${folder} (${errorCode(error) ?? 'unknown'}). ` +
        'Give this user the right to write there, or set DATA_DIR to another folder.',
      { cause: error },
    )
  }
}

/**
 * Locks this folder against other copies of the service until `release` or until this process ends, however it ends.
 * Throws AppError 'busy' if another copy holds the lock.
 */
export function lockFolder(folder: string): { release(): void } {
  // Uses an operating system lock through SQLite: unlike a file with a process id, it can never be stale.
  const lock = new Database(join(folder, 'lock'), { timeout: 0 })
  try {
    lock.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${process.pid}; COMMIT; BEGIN IMMEDIATE`)
  } catch (error) {
    const holder = lock.pragma('user_version', { simple: true })
    lock.close()
    if (errorCode(error) !== 'SQLITE_BUSY') throw error
    throw new AppError(
      'busy',
      `Another copy of this service (process ${holder}) is using the folder ${folder}. ` +
        'Stop that one first, or set DATA_DIR to another folder.',
    )
  }
  return { release: () => void lock.close() }
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

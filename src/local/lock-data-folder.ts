import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../core/errors.ts'
import { errorCode } from './error-code.ts'

/** Makes the folder if need be. Throws AppError 'misconfigured' with the fix when nothing can be written there. */
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
 * Keeps other copies of the service off this folder until `release`, or until this process ends in whatever way.
 * Throws AppError 'busy' when another holds it.
 */
export function lockFolder(folder: string): { release(): void } {
  // A lock of the operating system through SQLite: unlike a file with a process id, it cannot be left over or mistaken.
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

/** Node's own recursive mkdir never ends where making a folder is answered with ENOENT, as under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

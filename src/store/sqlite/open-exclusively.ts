import Sqlite, { type Database as Sqlite3 } from 'better-sqlite3'
import { AppError } from '../../core/errors.ts'
import { isLocked } from './sqlite-errors.ts'

/**
 * Opens a file for this process alone, until it is closed or the process ends: nobody else can read or write it. Throws AppError
 * 'busy' if another process has it open, even one that does nothing.
 */
export function openExclusively(file: string): Sqlite3 {
  const database = new Sqlite(file, { fileMustExist: true, timeout: 0 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('begin exclusive; commit')
    return database
  } catch (error) {
    database.close()
    if (!isLocked(error)) throw error
    throw new AppError('busy', STOP_FIRST, { cause: error })
  }
}

export const STOP_FIRST = 'The service uses this database. Stop it (npm start, web and worker), then run this again.'

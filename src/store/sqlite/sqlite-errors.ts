import { AppError } from '../../core/errors.ts'

/** Another process holds the lock. */
export function isLocked(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** What the database cannot do now, for lack of space or permissions, becomes AppError `busy`; other errors pass. */
export function toAppError(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_FULL')
    return new AppError('busy', 'The disk is full: nothing can be saved until there is room.', { cause: error })
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|PROTOCOL)/.test(code))
    return new AppError('busy', 'The database cannot be written to right now.', { cause: error })
  return error
}

/** By its shape: the add-on is loaded once a process, so its error class may be that of another copy of the package. */
function codeOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null && 'name' in error && 'code' in error)) return ''
  return error.name === 'SqliteError' ? String(error.code) : ''
}

import { AppError } from '../../core/errors.ts'

/** Another process holds the lock. */
export function isLocked(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** Turns errors for lack of space or permissions into AppError `busy`; returns other errors unchanged. */
export function toAppError(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_FULL')
    return new AppError('busy', 'The disk is full: nothing can be saved until there is room.', { cause: error })
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|PROTOCOL)/.test(code))
    return new AppError('busy', 'The database cannot be written to right now.', { cause: error })
  return error
}

/** Not `instanceof`: the add-on is loaded once per process, so its error class may belong to another package copy. */
function codeOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null && 'name' in error && 'code' in error)) return ''
  return error.name === 'SqliteError' ? String(error.code) : ''
}

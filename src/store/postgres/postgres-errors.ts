import { AppError } from '../../core/errors.ts'

/** Classes of SQLSTATE after which the same call may succeed (PostgreSQL documentation, appendix A). */
const PASSING = /^(08|53|55|57|58)/
const SERIALIZATION = new Set(['40001', '40P01'])
/** Errors of the connection itself, which have no SQLSTATE. */
const DISCONNECTED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])

/** Whether the whole transaction may simply be run again: nothing of it was kept. */
export function mayBeRepeated(error: unknown): boolean {
  return SERIALIZATION.has(codeOf(error))
}

/**
 * Turns errors of a database that is away, restarting, full or overloaded into AppError `busy`; returns other errors
 * unchanged.
 */
export function toAppError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === '53100')
    return new AppError('busy', 'The disk of the database is full: nothing can be saved until there is room.', {
      cause: error,
    })
  const isLost =
    error instanceof Error && /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  if (PASSING.test(code) || SERIALIZATION.has(code) || DISCONNECTED.has(code) || isLost)
    return new AppError('busy', 'The database cannot be reached or is busy. Try again in a moment.', { cause: error })
  return error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

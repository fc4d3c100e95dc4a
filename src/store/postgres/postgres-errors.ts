import { AppError } from '../../core/errors.ts'

/** Classes of SQLSTATE after which the same call may succeed (PostgreSQL documentation, appendix A). */
const PASSING = /^(08|53|55|57|58)/
/** The server ended a transaction that waited for the service too long, or takes no writes now. */
const ENDED = new Set(['25P03', '25P04', '25006'])
const SERIALIZATION = new Set(['40001', '40P01'])
/** Errors of the connection itself, which have no SQLSTATE. */
const DISCONNECTED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
])
/** What pg says of a connection that has ended, and of a question that it could not wait for. */
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|is not queryable|Query read timeout|timeout expired/

/** Sentences for operators where more is known than that the database is away, by SQLSTATE. */
const SENTENCES: Readonly<Record<string, string>> = {
  '25006':
    'PostgreSQL accepts no writes: it is a standby. Name the primary in DATABASE_URL, or all servers with commas between them.',
  '53100': 'The disk of the database is full: nothing can be saved until there is room.',
  '53300':
    'PostgreSQL has no free connection. Lower DATABASE_CONNECTIONS, or raise max_connections of the server: each process needs as many as the setting says.',
  '57014':
    'PostgreSQL cancelled a statement that took longer than 30 s. Look for locks and load there (pg_stat_activity).',
  '57P03': 'PostgreSQL is starting or stopping. Try again in a moment.',
}
const POOL_EMPTY =
  'Every connection of this process to PostgreSQL is in use (DATABASE_CONNECTIONS), or none could be made in 5 s. Raise the setting, or look for what holds them (pg_stat_activity).'

/** Whether the whole transaction may simply be run again: nothing of it was kept. */
export function mayBeRepeated(error: unknown): boolean {
  return SERIALIZATION.has(codeOf(error)) || isStalePlan(error)
}

/** A prepared statement returns all columns of a table that has another column since: a migration ran meanwhile. */
export function isStalePlan(error: unknown): boolean {
  return codeOf(error) === '0A000' && error instanceof Error && error.message.startsWith('cached plan must not change')
}

/**
 * Turns errors of a database that is away, restarting, full or overloaded into AppError `busy`; returns other errors
 * unchanged.
 */
export function toAppError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const sentence = passingSentence(error)
  return sentence === null ? error : new AppError('busy', sentence, { cause: error })
}

/** What an operator should know of an error after which the same call may succeed; null for any other error. */
export function passingSentence(error: unknown): string | null {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  const known = SENTENCES[code]
  if (known !== undefined) return known
  if (message === 'timeout exceeded when trying to connect') return POOL_EMPTY
  const isPassing = PASSING.test(code) || ENDED.has(code) || SERIALIZATION.has(code) || DISCONNECTED.has(code)
  return isPassing || LOST.test(message) ? 'The database cannot be reached or is busy. Try again in a moment.' : null
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync } from 'node:fs'
import { AppError } from '../../core/errors.ts'

/** Returns once the file, or the names in the folder, survive a power cut. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Errors of files as one sentence with the fix; others unchanged. */
export function fileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return new AppError('busy', `The disk of ${path} is full. Make room, or name another folder.`, { cause: error })
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new AppError(
      'misconfigured',
      `The database is damaged (${code}). Restore its last backup: npm run restore.`,
      {
        cause: error,
      },
    )
  if (/^(E[A-Z]+|SQLITE_(CANTOPEN|READONLY|IOERR|PERM).*)$/.test(code))
    return new AppError(
      'misconfigured',
      `Cannot write in ${path} (${code}). Give this user the right to, or name another folder.`,
      { cause: error },
    )
  return error
}

/** An instant as part of the name of a file: `20261127T225618Z`. */
export function stampOf(instant: number): string {
  return new Date(instant).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { errorCode } from './error-code.ts'

/** The secret in `<dataDir>/secret`; null if there is none. Throws AppError 'misconfigured' if it cannot be read. */
export function readSecret(dataDir: string): string | null {
  return read(join(dataDir, 'secret'))
}

/**
 * Loads the secret in `<dataDir>/secret`, readable only by its owner, creating it if missing. Processes that start
 * together get the same one. Throws AppError 'misconfigured' if the file has no usable secret or cannot be read.
 */
export function loadOrCreateSecret(dataDir: string): string {
  const file = join(dataDir, 'secret')
  const secret = read(file) ?? create(dataDir, file)
  // Replacing a damaged secret would invalidate all links in sent emails and everything sealed with the old one.
  if (secret.length < 32) {
    throw new AppError(
      'misconfigured',
      `The secret in ${file} is damaged. Restore it from a backup; without it, links in emails and saved answers are lost.`,
    )
  }
  return secret
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new AppError('misconfigured', `Cannot read the secret in ${file}. Give this user the right to read it.`, {
      cause: error,
    })
  }
}

function create(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // Creates the file atomically, and never replaces one that another process has just created.
    linkSync(draft, file)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(file, 'utf8').trim()
}

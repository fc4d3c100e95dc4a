import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { AppError } from '../core/errors.ts'
import { errorCode } from './error-code.ts'

/**
 * Reads the settings in a file of `NAME=value` lines, with comments, quotes and `export` as in a shell; empty if there
 * is no file. Accepts a byte order mark and any line endings. Throws AppError 'misconfigured' with the fix.
 */
export function readEnvFile(file: string): Readonly<Record<string, string>> {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') return {}
    const what = code === 'EISDIR' ? 'is a folder. Make it a file' : `cannot be read (${code}). Let this user read it`
    throw new AppError('misconfigured', `${file} ${what}, or remove it.`, { cause: error })
  }
  const text = decode(bytes)
  if (text === null) throw new AppError('misconfigured', `${file} is not UTF-8 text. Save it as UTF-8.`)
  return parseEnv(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')) as Record<string, string>
}

function decode(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

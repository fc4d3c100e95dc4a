import { readFile } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import { type DkimKey, readDkimKey } from './dkim.ts'

interface KeyFile {
  readonly domain: string
  readonly selector: string
  readonly keyFile: string
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist. Put the private key there, or correct the path.',
  EISDIR: 'is a folder. Name the file of the private key.',
  ENOTDIR: 'does not exist. Put the private key there, or correct the path.',
  EACCES: 'cannot be read. Give this user the right to read it.',
}

/** Reads the signing keys from the files named in DKIM_KEY_FILE. Fails with `misconfigured` and how to fix it. */
export function readDkimKeys(files: readonly KeyFile[]): Promise<DkimKey[]> {
  return Promise.all(files.map(async (names) => readDkimKey(names, await readKeyFile(names.keyFile))))
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const sentence = SENTENCES[code ?? ''] ?? `cannot be read (${code}). Correct the path, or the file's rights.`
    throw new AppError('misconfigured', `DKIM_KEY_FILE: ${file} ${sentence}`, { cause })
  }
}

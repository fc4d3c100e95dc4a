import { stat, statfs } from 'node:fs/promises'

/** Bytes available to this user on the file system of `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** The permission bits of a file, such as 0o600; null if it does not exist. */
export async function fileMode(file: string): Promise<number | null> {
  const found = await stat(file).catch(() => null)
  return found === null ? null : found.mode & 0o777
}

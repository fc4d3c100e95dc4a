import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from './manifest.ts'

/** When the newest whole backup in this folder was made, ms UTC; null if there is none. */
export async function lastBackupAt(folder: string): Promise<number | null> {
  // Named after the time at which they were made. Other names, such as those of unfinished ones, begin otherwise.
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d{8}T\d{6}Z$/.test(name))
  for (const name of names.sort().reverse()) {
    try {
      return Date.parse(readManifest(join(folder, name)).takenAt)
    } catch {
      // Damaged, or by another version: one before it may be whole.
    }
  }
  return null
}

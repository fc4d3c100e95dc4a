import { chmodSync, lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DatabaseLocation } from '../core/service-urls/database-url.ts'

/** Most entries examined: more than the service and years of backups create. */
const MAX_ENTRIES = 100_000
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
/** Name prefixes of the files that the service creates in DATA_DIR. */
const OWN_NAMES = /^(secret|last-dot|lock|redis|mailbox)/

export interface PrivatePaths {
  /** Absolute. */
  readonly dataDir: string
  /** Absolute. Covers the file and SQLite's files next to it, wherever it is, but not its folder. */
  readonly database: DatabaseLocation
  /** If `dataDir` contains one of these, only the service's own files are changed. Default: program and home folder. */
  readonly others?: readonly string[]
}

interface Entry {
  readonly path: string
  /** Permission bits, and FOLDER for a folder. */
  readonly mode: number
}

/** Makes new files and folders of this process and its children accessible to its user only. */
export function setPrivateUmask(): void {
  process.umask(0o077)
}

/**
 * Makes existing files and folders private to their owner: 0600 and 0700. Follows no symbolic links. Returns one
 * sentence on what could not be changed, with the fix, or null. `uid`: the user whose files it may change.
 */
export function restrictPermissions(places: PrivatePaths, uid = process.geteuid?.()): string | null {
  const failed: string[] = []
  const { isShared, isTruncated } = walk(places, (entry, owner) => {
    if (!isOpen(entry)) return
    try {
      if (uid !== undefined && uid !== 0 && owner !== uid) throw new Error('not ours')
      chmodSync(entry.path, entry.mode & FOLDER ? FOLDER_MODE : FILE_MODE)
    } catch {
      failed.push(entry.path)
    }
  })
  if (failed.length > 0)
    return (
      `Others may read ${failed.slice(0, 3).join(', ')}${failed.length > 3 ? ` and ${failed.length - 3} more` : ''}, ` +
      `which belong to another user. Give them to this one: chown -R ${uid ?? 'USER'} ${places.dataDir}`
    )
  if (isTruncated)
    return `There are more than ${MAX_ENTRIES} files in ${places.dataDir}: some may be open to others. ${FIX}`
  if (isShared)
    return `The data folder ${places.dataDir} also contains this program or a home folder, so only the service's own files in it are kept from others. Set DATA_DIR to a folder of its own.`
  return null
}

/** The files and folders here that other users may read, write or list. Changes nothing. */
export function filesOpenToOthers(places: PrivatePaths): readonly string[] {
  const open: string[] = []
  walk(places, (entry) => {
    if (isOpen(entry)) open.push(entry.path)
  })
  return open
}

const FOLDER = 0o040000
const FIX = 'Move what the service did not make elsewhere.'

/** Tighter modes, such as a read-only secret, are left as they are. */
function isOpen({ mode }: Entry): boolean {
  return (mode & 0o777 & ~(mode & FOLDER ? FOLDER_MODE : FILE_MODE)) !== 0
}

function walk(
  { dataDir, database: location, others }: PrivatePaths,
  visit: (entry: Entry, owner: number) => void,
): { readonly isShared: boolean; readonly isTruncated: boolean } {
  let left = MAX_ENTRIES
  const look = (path: string): Stats | null => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    // The target of a symbolic link may belong to another user.
    if (found === undefined || found.isSymbolicLink()) return null
    const kind = found.isDirectory() ? FOLDER : 0
    visit({ path, mode: (found.mode & 0o777) | kind }, found.uid)
    return found
  }
  const root = resolveRealPath(dataDir)
  const isShared = root !== null && (others ?? [PROJECT, homedir()]).some((one) => contains(root, resolveRealPath(one)))
  // The folder first: once it is private, no other user can swap a file after it was checked.
  const folders = root === null ? [] : [root]
  if (root !== null && !isShared) look(root)
  for (let folder = folders.pop(); folder !== undefined && left > 0; folder = folders.pop()) {
    for (const name of namesIn(folder)) {
      if (isShared && folder === root && !OWN_NAMES.test(name)) continue
      left -= 1
      if (left === 0) break
      const path = join(folder, name)
      if (look(path)?.isDirectory()) folders.push(path)
    }
  }
  // SQLite creates its other files next to the real file, not next to a link to it.
  const database = 'sqlite' in location ? resolveRealPath(location.sqlite) : null
  if (database !== null && (root === null || isShared || !contains(root, database)))
    for (const suffix of ['', '-wal', '-shm', '-journal']) look(database + suffix)
  return { isShared, isTruncated: left === 0 }
}

function contains(folder: string, path: string | null): boolean {
  if (path === null) return false
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith('../'))
}

function resolveRealPath(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** Empty if this user may not list the folder; the folder's own entry already reports that. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

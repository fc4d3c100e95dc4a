import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../core/errors.ts'
import { shownPath } from './shown-path.ts'

export interface CourseFile {
  /** The path that faults name. */
  readonly file: string
  /** Relative to the course's folder, with slashes. */
  readonly path: string
  readonly text: string
}

export interface CourseFolder {
  readonly name: string
  readonly files: readonly CourseFile[]
}

/**
 * The text files of every course: one folder each under `lessonsDir`, in the order of their names. Hidden folders and
 * files are passed over. A folder that cannot be read, or is empty, is a fault.
 */
export async function readCourseFolders(lessonsDir: string, faults: Fault[]): Promise<CourseFolder[]> {
  const entries = await readdir(lessonsDir, { withFileTypes: true }).catch(() => null)
  const names = (entries ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
  if (names.length === 0) {
    const what = entries === null ? 'This folder cannot be read.' : 'There is no course in this folder.'
    faults.push({
      file: shownPath(lessonsDir),
      what,
      cure: 'Put a folder for each course there (docs/course-format.md).',
    })
  }
  return Promise.all(names.map(async (name) => ({ name, files: await readFiles(join(lessonsDir, name), '', faults) })))
}

async function readFiles(folder: string, below: string, faults: Fault[]): Promise<CourseFile[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  const files: CourseFile[] = []
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) files.push(...(await readFiles(folder, path, faults)))
    else if (/\.(md|ya?ml)$/i.test(entry.name)) {
      const file = shownPath(join(folder, path))
      const text = await readText(join(folder, path))
      if (text !== null) files.push({ file, path, text })
      else
        faults.push({ file, what: 'This file cannot be read as UTF-8 text.', cure: 'Save it as UTF-8, readable here.' })
    }
  }
  return files
}

async function readText(path: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch {
    return null
  }
}

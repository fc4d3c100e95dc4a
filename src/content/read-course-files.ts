import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../core/errors.ts'
import { displayPath } from './display-path.ts'

export interface CourseFile {
  /** The path shown in problem reports. */
  readonly file: string
  /** Relative to the course folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface CourseFolder {
  readonly name: string
  readonly path: string
  readonly files: readonly CourseFile[]
}

/**
 * Many times the longest lesson. Larger files are not lesson text, and the YAML and Markdown parsers are slow on them.
 */
const MAX_FILE_BYTES = 200_000
/** A symbolic link may point back to a parent folder. */
const MAX_FOLDER_DEPTH = 5

/**
 * Reads the text files of every course: one folder each under `lessonsDir`, sorted by name. Hidden folders and files
 * are skipped. An unreadable or empty folder is a problem.
 */
export async function readCourseFolders(lessonsDir: string, problems: Problem[]): Promise<CourseFolder[]> {
  const entries = await kindsIn(lessonsDir)
  const names = (entries ?? []).filter(({ kind }) => kind === 'folder').map(({ name }) => name)
  if (names.length === 0) {
    const what = entries === null ? 'This folder cannot be read.' : 'There is no course in this folder.'
    problems.push({
      file: displayPath(lessonsDir),
      what,
      fix: 'Add a folder for each course (docs/course-format.md).',
    })
  }
  return Promise.all(
    names.map(async (name) => {
      const path = join(lessonsDir, name)
      return { name, path, files: await readFiles(path, '', problems) }
    }),
  )
}

async function readFiles(folder: string, below: string, problems: Problem[]): Promise<CourseFile[]> {
  const entries = await kindsIn(join(folder, below))
  if (entries === null) {
    problems.push({
      file: displayPath(join(folder, below)),
      what: 'This folder cannot be read.',
      fix: 'Make it readable for this user.',
    })
    return []
  }
  const files: CourseFile[] = []
  for (const { name, kind, size } of entries) {
    const path = below === '' ? name : `${below}/${name}`
    const file = displayPath(join(folder, path))
    if (kind === 'folder' && path.split('/').length <= MAX_FOLDER_DEPTH)
      files.push(...(await readFiles(folder, path, problems)))
    else if (/\.(md|ya?ml)$/i.test(name)) {
      if (size > MAX_FILE_BYTES) {
        problems.push({ file, what: 'This file has more than 200 kB.', fix: 'Use plain text, one lesson per file.' })
        continue
      }
      const text = kind === 'file' ? await readText(join(folder, path)) : null
      if (text !== null) files.push({ file, path, text })
      else
        problems.push({
          file,
          what: 'This file cannot be read as UTF-8 text.',
          fix: 'Save it as UTF-8 and make it readable for this user.',
        })
    }
  }
  return files
}

/**
 * Lists a folder without hidden names, sorted by name; links have the kind of their target. Null if it cannot be read.
 */
async function kindsIn(folder: string) {
  const names = await readdir(folder).catch(() => null)
  if (names === null) return null
  const shown = names.filter((name) => !name.startsWith('.')).sort()
  return Promise.all(
    shown.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null)
      const kind = found?.isDirectory() ? ('folder' as const) : found?.isFile() ? ('file' as const) : ('other' as const)
      return { name, kind, size: found?.size ?? 0 }
    }),
  )
}

async function readText(path: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch {
    return null
  }
}

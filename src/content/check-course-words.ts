import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { checkWords } from '../core/course/parse/check-words.ts'
import { parseCourse } from '../core/course/parse/parse-course.ts'
import { parseExtras } from '../core/course/parse/parse-resources.ts'
import { DEFAULT_WORD_RULES, parseWordRules } from '../core/course/word-rules.ts'
import type { Fault } from '../core/errors.ts'
import { readCourseFolders } from './read-course-files.ts'

export interface WordReport {
  /** Names of the courses looked at. */
  readonly courses: readonly string[]
  readonly faults: readonly Fault[]
}

/**
 * Checks the words of one course (a folder with a course.yaml) or of every course in a folder. A course that cannot be
 * read gives the faults of its reading instead.
 */
export async function checkCourseWords(folder: string): Promise<WordReport> {
  const faults: Fault[] = []
  const path = resolve(folder)
  const single = await stat(join(path, 'course.yaml')).then(
    () => true,
    () => false,
  )
  const folders = await readCourseFolders(single ? dirname(path) : path, single ? [] : faults)
  const wanted = single ? folders.filter(({ name }) => name === basename(path)) : folders
  for (const { name, files } of wanted) {
    const parsed = parseCourse(name, files)
    if ('faults' in parsed) {
      faults.push(...parsed.faults)
      continue
    }
    const beside = parseExtras(parsed.course, files)
    if ('faults' in beside) {
      faults.push(...beside.faults)
      continue
    }
    const own = files.find((file) => file.path === 'words.yaml')
    const rules = own ? parseWordRules(own.file, own.text, faults) : DEFAULT_WORD_RULES
    faults.push(...checkWords(parsed.course, beside.extras, files, rules))
  }
  return { courses: wanted.map(({ name }) => name), faults }
}

import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { checkWords } from '../core/course/parse/check-words.ts'
import { DEFAULT_WORD_RULES, parseWordRules } from '../core/course/word-rules.ts'
import type { Problem } from '../core/errors.ts'
import { hasReadingGrade } from '../core/language/languages.ts'
import { parseFolders } from './load-courses.ts'
import { loadLocales } from './load-locales.ts'
import { readCourseFolders } from './read-course-files.ts'

export interface WordReport {
  /** Names of the courses that were checked. */
  readonly courses: readonly string[]
  readonly problems: readonly Problem[]
  /** Courses in languages without a measure of reading grade, which is not checked for them. */
  readonly notMeasured: readonly string[]
}

/**
 * Checks the words of one course (a folder with a course.yaml) or of every course in a folder. For a course that cannot
 * be parsed, the report has the parsing problems instead.
 */
export async function checkCourseWords(folder: string): Promise<WordReport> {
  const problems: Problem[] = []
  const path = resolve(folder)
  const single = await stat(join(path, 'course.yaml')).then(
    () => true,
    () => false,
  )
  const folders = await readCourseFolders(single ? dirname(path) : path, single ? [] : problems)
  const wanted = single ? folders.filter(({ name }) => name === basename(path)) : folders
  const notMeasured = new Set<string>()
  const locales = await loadLocales()
  for (const { name, folder: own, read } of parseFolders(folders)) {
    if (!wanted.includes(own)) continue
    if ('problems' in read) {
      problems.push(...read.problems)
      continue
    }
    const file = own.files.find(({ path }) => path === 'words.yaml')
    const rules = file ? parseWordRules(file.file, file.text, problems) : DEFAULT_WORD_RULES
    problems.push(...checkWords(read.course, read.resources, own.files, rules), ...locales.checkWords(read.course))
    if (!hasReadingGrade(read.course.language)) notMeasured.add(`${name} (${read.course.language})`)
  }
  return { courses: wanted.map(({ name }) => name), problems, notMeasured: [...notMeasured] }
}

import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { checkWords } from '../core/course/parse/check-words.ts'
import { parseCourse } from '../core/course/parse/parse-course.ts'
import { parseResources } from '../core/course/parse/parse-resources.ts'
import { DEFAULT_WORD_RULES, parseWordRules } from '../core/course/word-rules.ts'
import type { Problem } from '../core/errors.ts'
import { readCourseFolders } from './read-course-files.ts'

export interface WordReport {
  /** Names of the courses that were checked. */
  readonly courses: readonly string[]
  readonly problems: readonly Problem[]
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
  for (const { name, files } of wanted) {
    const parsed = parseCourse(name, files)
    if ('problems' in parsed) {
      problems.push(...parsed.problems)
      continue
    }
    const resources = parseResources(parsed.course, files)
    if ('problems' in resources) {
      problems.push(...resources.problems)
      continue
    }
    const own = files.find((file) => file.path === 'words.yaml')
    const rules = own ? parseWordRules(own.file, own.text, problems) : DEFAULT_WORD_RULES
    problems.push(...checkWords(parsed.course, resources.resources, files, rules))
  }
  return { courses: wanted.map(({ name }) => name), problems }
}

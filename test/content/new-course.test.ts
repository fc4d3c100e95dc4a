import { cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { checkCourseWords } from '../../src/content/check-course-words.ts'
import { loadCourses } from '../../src/content/load-courses.ts'
import { newCourse } from '../../src/content/new-course.ts'
import { FIELD_TYPE_NAMES } from '../../src/core/course/fields/field-types.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const examplesDir = fileURLToPath(new URL('../../examples', import.meta.url))
let folder: { path: string; remove(): Promise<void> }

beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(() => folder.remove())

const make = (name: string, language?: string) => newCourse(name, { language, lessonsDir: folder.path, examplesDir })

describe('a new course', () => {
  test.each([
    [undefined, 'en', 'Five Small Walks'],
    ['de', 'de', 'Fünf kleine Spaziergänge'],
  ])('in language %s is one that can be sent, and is the only one', async (asked, language, title) => {
    await make('my-course', asked)
    const courses = await loadCourses(folder.path)
    const [course] = courses.all()
    expect(courses.inEveryLanguage()).toHaveLength(1)
    expect(course).toMatchObject({ name: 'my-course', language, title, care: [] })
    expect(course?.lessons).toHaveLength(5)
    expect(courses.resourcesOf('my-course')).toMatchObject({ assessment: null, pages: [], helpNumbers: null })
  })

  test.each(['My-Course', '../elsewhere', 'a b', '', 'steady--week', 'kurs.de'])('cannot be named %j', async (name) => {
    await expect(make(name)).rejects.toThrow(/is not a name for a course. Use lower-case letters/)
    expect(await readdir(folder.path)).toEqual([])
  })

  test('never replaces a folder', async () => {
    await make('my-course')
    const before = await readFile(join(folder.path, 'my-course/course.yaml'), 'utf8')
    await expect(make('my-course', 'de')).rejects.toThrow(/my-course exists already. Choose another name/)
    expect(await readFile(join(folder.path, 'my-course/course.yaml'), 'utf8')).toBe(before)
    expect(await readdir(folder.path)).toEqual(['my-course'])
  })

  test.each(['fr', '../de', 'constructor'])('in the language %j names those that there are', async (language) => {
    await expect(make('my-course', language)).rejects.toThrow(/no example in the language .* Use one of: en, de/)
    expect(await readdir(folder.path)).toEqual([])
  })

  test('in a language of the service without an example names only those with one', async () => {
    const only = join(folder.path, 'only-english')
    await cp(join(examplesDir, 'five-small-walks'), join(only, 'five-small-walks'), { recursive: true })
    const made = newCourse('my-course', { language: 'de', lessonsDir: folder.path, examplesDir: only })
    await expect(made).rejects.toThrow(/no example in the language "de"\. Use one of: en; then translate/)
  })
})

test('the example shows every type of field in both languages, and keeps the rules for words', async () => {
  const courses = await loadCourses(examplesDir)
  expect(courses.all().map(({ languages }) => languages)).toEqual([['en', 'de']])
  for (const course of courses.inEveryLanguage()) {
    const types = course.lessons.flatMap(({ exercise }) => exercise.fields.map(({ type }) => type))
    expect(new Set(types)).toEqual(new Set(FIELD_TYPE_NAMES))
  }
  expect((await checkCourseWords(examplesDir)).problems).toEqual([])
})

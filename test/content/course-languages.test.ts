import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadCourses } from '../../src/content/load-courses.ts'
import { ProblemsError } from '../../src/core/errors.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))

let folder: { path: string; remove(): Promise<void> }

beforeEach(async () => {
  folder = await createTempFolder()
  await cp(join(FIXTURES, 'courses'), folder.path, { recursive: true })
  await cp(join(FIXTURES, 'translations'), folder.path, { recursive: true })
})
afterEach(() => folder.remove())

const german = (file: string) => join(folder.path, 'three-days.de', file)

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(german(file), 'utf8')
  expect(text).toContain(from)
  await writeFile(german(file), text.replace(from, to))
}

async function problems(): Promise<string[]> {
  const error: unknown = await loadCourses(folder.path).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProblemsError)) throw error ?? new Error('No problem was found.')
  return error.problems.map(({ file, what, fix }) => {
    expect(fix).not.toBe('')
    return `${file.slice(folder.path.length + 1)} ${what}`
  })
}

describe('a course in two languages', () => {
  test('is one course, with its days in both; what is not translated comes in the first language', async () => {
    const courses = await loadCourses(folder.path)
    expect(courses.all().map(({ language, languages }) => [language, languages])).toEqual([['en', ['en', 'de']]])
    expect(courses.inEveryLanguage().map(({ name, language }) => [name, language])).toEqual([
      ['three-days', 'en'],
      ['three-days', 'de'],
    ])
    const titles = (language: string | null) => courses.get('three-days', language)?.lessons.map(({ title }) => title)
    expect(titles(null)?.[0]).toBe('Look at this morning')
    expect(titles('de')).toEqual(['Schau dir diesen Morgen an', ...(titles('en') ?? []).slice(1)])
    expect(courses.get('three-days', 'fr')).toBe(courses.get('three-days'))
  })

  test.each([
    ['day-1.md', 'id: sleep, type', 'id: schlaf, type', /day-1\.md /],
    ['day-1.md', 'max: 10, low: ruhig', 'max: 5, low: ruhig', /day-1\.md The exercise has other fields/],
    [
      'day-1.md',
      '{ id: phone, label: Ein Telefon }',
      '{ id: radio, label: Ein Radio }',
      /day-1\.md The exercise has other/,
    ],
    ['day-1.md', 'small: [sleep]', 'small: [parts]', /day-1\.md The exercise is complete with other fields/],
    ['course.yaml', 'language: de', 'language: nl', /course\.yaml Its language is nl/],
    ['course.yaml', 'default-hour: 6', 'default-hour: 6\nlibrary: members', /course\.yaml Who may read the library/],
    [
      'course.yaml',
      'default-hour: 6',
      'default-hour: 6\naudiences: { overlays: [{ name: light, title: Leicht, summary: Weniger. }] }',
      /course\.yaml The tracks or overlays differ/,
    ],
  ])('%s with other structure (%s) is told', async (file, from, to, told) => {
    await change(file, from, to)
    expect(await problems()).toContainEqual(expect.stringMatching(told))
  })

  test('has the same days: one more is told', async () => {
    await cp(join(folder.path, 'three-days/day-3.md'), german('day-4.md'))
    await change('day-4.md', 'day: 3', 'day: 4')
    expect(await problems()).toEqual(['three-days.de It has 4 days.'])
  })

  test('needs its course.yaml, and the course that it translates', async () => {
    await rm(german('course.yaml'))
    expect(await problems()).toEqual(['three-days.de/course.yaml This file is missing.'])
    await rename(join(folder.path, 'three-days'), join(folder.path, 'four-days'))
    expect(await problems()).toEqual(['three-days.de There is no course that this translates.'])
  })
})

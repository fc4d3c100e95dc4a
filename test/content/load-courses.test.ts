import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadContent } from '../../src/content/load-content.ts'
import { loadCourses } from '../../src/content/load-courses.ts'
import { type Problem, ProblemsError } from '../../src/core/errors.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const FIXTURES = root('test/fixtures/courses')

let folder: { path: string; remove(): Promise<void> }

beforeEach(async () => {
  folder = await createTempFolder()
  await cp(FIXTURES, folder.path, { recursive: true })
})
afterEach(() => folder.remove())

async function problemsByCourse(loading: Promise<unknown>): Promise<readonly Problem[]> {
  const error = await loading.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ProblemsError) return error.problems
  throw error ?? new Error('No problem was found.')
}

async function spoil(path: string, from: string, to: string): Promise<void> {
  const file = join(folder.path, path)
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

describe('the courses', () => {
  test('are the folders, by name, with their number of days', async () => {
    await cp(join(folder.path, 'three-days'), join(folder.path, 'another'), { recursive: true })
    const courses = await loadCourses(folder.path)
    expect(courses.all().map(({ name }) => name)).toEqual(['another', 'three-days'])
    expect(courses.get('three-days')?.lessons.map(({ day }) => day)).toEqual([1, 2, 3])
    expect(courses.get('three-days')?.title).toBe('Kinder Mornings')
    expect(courses.get('nowhere')).toBeNull()
    expect(courses.get('__proto__')).toBeNull()
  })

  test('in this repository have no problems', async () => {
    expect((await loadCourses(root('lessons'))).all().length).toBeGreaterThan(0)
  })

  test('may be next to hidden folders and other files', async () => {
    await mkdir(join(folder.path, '.git'))
    await writeFile(join(folder.path, 'README.md'), 'Courses.')
    await writeFile(join(folder.path, 'three-days/.day-1.md.swp'), 'half')
    await writeFile(join(folder.path, 'three-days/cover.png'), Buffer.from([0x89, 0x50]))
    expect((await loadCourses(folder.path)).all()).toHaveLength(1)
  })

  test('report the problems of every course at once, with file, line and fix', async () => {
    await cp(join(folder.path, 'three-days'), join(folder.path, 'another'), { recursive: true })
    await spoil('another/day-2.md', 'minutes: 2\n', 'minutes: soon\n')
    await spoil('another/day-2.md', 'take one part', 'take {{one}} part')
    await spoil('three-days/course.yaml', 'tagline: ', 'tag-line: ')
    const problems = await problemsByCourse(loadCourses(folder.path))
    const places = problems.map(({ file, line }) => `${file.slice(folder.path.length + 1)}:${line}`)
    expect(places).toEqual(
      expect.arrayContaining(['another/day-2.md:6', 'another/day-2.md:51', 'three-days/course.yaml:2']),
    )
    for (const problem of problems) expect(problem.fix).not.toBe('')
  })

  test('are required: a missing or empty folder is a problem', async () => {
    await mkdir(join(folder.path, 'empty'))
    const [missing] = await problemsByCourse(loadCourses(join(folder.path, 'nowhere')))
    expect(missing?.what).toMatch(/cannot be read/)
    const [none] = await problemsByCourse(loadCourses(join(folder.path, 'empty')))
    expect(none?.what).toMatch(/no course/)
  })

  test('must be UTF-8', async () => {
    await writeFile(
      join(folder.path, 'three-days/day-3.md'),
      Buffer.from('---\nday: 3\ntitle: Caf\xe9\n---\n', 'latin1'),
    )
    const problems = await problemsByCourse(loadCourses(folder.path))
    expect(problems.map(({ what }) => what).join(' ')).toMatch(/UTF-8/)
  })
})

test('problems of courses and emails are reported together', async () => {
  const emailsDir = join(folder.path, 'three-days', 'emails')
  await cp(root('emails'), emailsDir, { recursive: true })
  await spoil('three-days/emails/lesson.mjml', '<mj-button ', '<mj-button colour="red" ')
  await spoil('three-days/course.yaml', 'mark: KM', 'mark: TOO LONG')
  const problems = await problemsByCourse(loadContent({ lessonsDir: folder.path, emailsDir }))
  const files = problems.map(({ file }) => file)
  expect(files.some((file) => file.endsWith('course.yaml'))).toBe(true)
  expect(files.some((file) => file.endsWith('lesson.mjml'))).toBe(true)
})

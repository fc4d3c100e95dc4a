import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let author: Visitor
let folder: Awaited<ReturnType<typeof createTempFolder>>

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(join(FIXTURE_COURSES, 'three-days'), join(folder.path, 'three-days'), { recursive: true })
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: folder.path } })
  author = await signedIn(app, 'author')
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

test('an author sees what is loaded: version, days, languages and wording', async () => {
  const { status, text } = await author.get('/desk/courses')
  const course = app.app.ports.courses.get('three-days')
  expect(status).toBe(200)
  for (const value of [
    'three-days',
    course?.version,
    course?.consent.version,
    3,
    'on the start page',
    course?.language,
  ])
    expect(text).toContain(String(value))
  expect(text).not.toMatch(/method="post" action="\/desk\/courses/)
})

test('the check reads the files as they are now, names place and fix, and lists them', async () => {
  const lesson = join(folder.path, 'three-days', 'day-1.md')
  const before = await readFile(lesson, 'utf8')
  await writeFile(lesson, before.replace(/^subject:.*\n/m, ''))
  const { text } = await author.get('/desk/courses/check')
  expect(text).toMatch(/<code>[^<]*day-1\.md:?\d*<\/code>/)
  expect(text).toMatch(/subject/)
  expect(text).toContain('<li><code>course.yaml</code></li>')
  expect((await author.get('/desk/courses')).text).toContain('three-days')

  // Kept for a minute, and then read again.
  await writeFile(lesson, before)
  expect((await author.get('/desk/courses/check')).text).toBe(text)
  app.clock.advance(60_000)
  expect((await author.get('/desk/courses/check')).text).not.toContain('day-1.md:')
})

test('a folder that is gone is said to be empty, and what is loaded stays', async () => {
  await rm(join(folder.path, 'three-days'), { recursive: true })
  app.clock.advance(60_000)
  expect((await author.get('/desk/courses/check')).text).toContain('There is no course in this folder.')
  expect((await author.get('/desk/courses')).text).toContain('three-days')
})

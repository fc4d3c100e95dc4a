import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Lesson } from '../../src/core/course/course.ts'
import { allRows, changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { writingFieldOf } from '../support/fill-exercise.ts'
import { linksOf } from '../support/mail-links.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'

const ADDRESS = 'mara@example.test'
const SECRET = 'only for my own eyes 7261'
let parts: TestApp
let joined: SignedUpLearner
let stranger: Visitor
let field: string

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  joined = await join(parts, ADDRESS)
  field = writingFieldOf(parts.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
  await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: SECRET, keep: '1' })
  stranger = createVisitor(parts.url)
})

afterAll(() => parts?.close())

async function newestReadingLink(count: number): Promise<string> {
  const mail = (await parts.mail.waitForMail(ADDRESS, count)).at(-1)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const link = mail && linksOf(mail).find((one) => new URL(one).pathname.startsWith('/read/'))
  if (!link) throw new Error('The newest mail has no link to read back.')
  return link
}

test('whoever only holds the lesson link sees nothing of it, on the page, on paper or in a file', async () => {
  for (const path of ['', '/print', '/notes.txt']) {
    const answer = await stranger.get(`${joined.lessonLink}${path}`)
    expect({ path, status: answer.status }).toEqual({ path, status: 200 })
    expect(answer.text).not.toContain(SECRET)
  }
  expect((await joined.visitor.get(`${joined.lessonLink}/print`)).text).toContain(SECRET)
  const file = await joined.visitor.get(`${joined.lessonLink}/notes.txt`)
  expect(file.text).toContain(SECRET)
  expect(file.headers.get('content-disposition')).toBe('attachment; filename=notes.txt')
  expect(file.headers.get('cache-control')).toBe('no-store')
  expect(file.headers.get('referrer-policy')).toBe('same-origin')
})

test('whoever only holds the lesson link can do the exercise, and takes nothing away', async () => {
  await stranger.post(joined.lessonLink, { [`f.${field}`]: 'a stranger was here', keep: '1' })
  expect((await joined.visitor.get(joined.lessonLink)).text).toContain(SECRET)
})

test('a link to read back goes to the inbox; opening it changes nothing, and without the press nothing is shown', async () => {
  const asked = await stranger.post(`${joined.lessonLink}/read`)
  expect(asked.status).toBe(200)
  const link = await newestReadingLink(3)
  const before = allRows(parts.dataDir)
  const page = await stranger.get(link)
  expect(page.text).toContain('<form method="post" action="/read/')
  expect(page.text).not.toContain(SECRET)
  expect(allRows(parts.dataDir)).toEqual(before)
  expect((await stranger.get(joined.lessonLink)).text).not.toContain(SECRET)
})

test('the press lets that browser read what every other wrote, until its session ends', async () => {
  const link = await newestReadingLink(3)
  const reader = createVisitor(parts.url)
  expect((await reader.post(link)).status).toBe(200)
  expect((await reader.get(joined.lessonLink)).text).toContain(SECRET)
  expect((await reader.get(`${joined.lessonLink}/print`)).text).toContain(SECRET)
  expect((await stranger.get(joined.lessonLink)).text).not.toContain(SECRET)
  await reader.post('/session/end')
  expect((await reader.get(joined.lessonLink)).text).not.toContain(SECRET)
})

test('a link works once: on the second press it is as good as over, and the page behind it too', async () => {
  const link = await newestReadingLink(3)
  expect((await createVisitor(parts.url).get(link)).status).toBe(410)
  expect((await createVisitor(parts.url).post(link)).status).toBe(410)
})

test('of many presses at once one opens', async () => {
  await stranger.post(`${joined.lessonLink}/read`)
  const link = await newestReadingLink(4)
  const answers = await Promise.all(Array.from({ length: 8 }, () => createVisitor(parts.url).post(link)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 410)).toHaveLength(7)
})

test('the link ends after ten minutes', async () => {
  await stranger.post(`${joined.lessonLink}/read`)
  const link = await newestReadingLink(5)
  parts.clock.advance(10 * 60_000)
  expect((await createVisitor(parts.url).get(link)).status).toBe(410)
  expect((await createVisitor(parts.url).post(link)).status).toBe(410)
})

test('a link takes no lesson its day, and only so many go out in 24 hours', async () => {
  for (let sent = 3; sent < 5; sent += 1) expect((await stranger.post(`${joined.lessonLink}/read`)).status).toBe(200)
  expect((await stranger.post(`${joined.lessonLink}/read`)).status).toBe(429)
  parts.clock.set('2026-03-03T06:00:00Z')
  await parts.mail.waitForMail(ADDRESS, 8)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(queryRows(parts.dataDir, "select state from delivery where kind = 'lesson' and day = 2")).toEqual([
    { state: 'sent' },
  ])
})

test('a ciphertext moved to another record fails to open, and nothing of another is shown', async () => {
  await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: 'the second line', [`v.${field}`]: '1', keep: '1' })
  const other = await join(parts, 'olga@example.test')
  await other.visitor.post(other.lessonLink, { [`f.${field}`]: 'words of somebody else', keep: '1' })
  const rows = queryRows(parts.dataDir, 'select id, enrolment_id from answer where kept = 0 order by id')
  const mine = rows.findLast((row) => row.enrolment_id === 1)?.id
  const theirs = rows.find((row) => row.enrolment_id === 2)?.id
  changeDatabase(
    parts.dataDir,
    `update answer set sealed = (select sealed from answer where id = ${theirs}) where id = ${mine}`,
  )
  const page = await joined.visitor.get(joined.lessonLink)
  expect(page.status).toBe(500)
  expect(page.text).not.toContain('words of somebody else')
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Lesson } from '../../../src/core/course/course.ts'
import { writingFieldOf } from '../../support/fill-exercise.ts'
import { linkOf, linksOf } from '../../support/mail-links.ts'
import { newestLink } from '../../support/open-own-session.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'

/**
 * What one learner does in a whole course, over HTTP and SMTP alone: on SQLite, and with TEST_DATABASE=postgres on Postgres.
 */
const ADDRESS = 'mara@example.test'
const DAY = 86_400_000
const SECRET = 'only for my own eyes 7261'
let database: TestStore
let parts: TestApp
let field: string

beforeAll(async () => {
  database = await createTestStore()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', DATABASE_URL: database.url },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  field = writingFieldOf(parts.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
})
afterAll(async () => {
  await parts?.close()
  await database?.close()
})

const mails = () => parts.mail.accepted.filter(({ to }) => to === ADDRESS)
const subjects = () => mails().map(({ mail }) => mail.subject)

test('sign-up, lessons, writing, a pause, another address, taking everything along, and deleting it', async () => {
  const visitor = createVisitor(parts.url)
  await visitor.post('/sign-up', { email: ADDRESS, timeZone: 'Europe/Berlin', hour: '7' })
  const [confirmation] = await parts.mail.waitForMail(ADDRESS, 1)
  if (confirmation === undefined) throw new Error('There is no confirmation.')
  expect((await visitor.post(linkOf(confirmation, '/confirm/'))).text).toContain('You’re signed up')
  const [, first] = await parts.mail.waitForMail(ADDRESS, 2)
  if (first === undefined) throw new Error('There is no lesson.')
  const lesson = linkOf(first, '/l/')

  // Writes, and reads it back on another device.
  await visitor.post(lesson, { [`f.${field}`]: SECRET, keep: '1' })
  await visitor.post(lesson, { [`f.${field}`]: SECRET, effort: 'not-today' })
  const other = createVisitor(parts.url)
  expect((await other.get(lesson)).text).not.toContain(SECRET)
  await other.post('/back', { email: ADDRESS })
  expect((await other.post(await newestLink(parts, ADDRESS, '/back/'))).text).toContain('1 of 3 days done')
  expect((await other.get(lesson)).text).toContain(SECRET)

  // A pause: nothing comes, then its notice, then one lesson.
  expect((await visitor.post(`${lesson}/settings/pause`, { until: '2026-03-10' })).status).toBe(303)
  const before = mails().length
  parts.clock.set('2026-03-08T12:00:00Z')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(mails()).toHaveLength(before)
  parts.clock.set('2026-03-09T12:00:00Z')
  await parts.mail.waitForMail(ADDRESS, before + 1)
  parts.clock.set('2026-03-10T12:00:00Z')
  await parts.mail.waitForMail(ADDRESS, before + 2)
  expect(subjects().at(-1)).toContain('one part')

  await anotherAddress(lesson)
  await takeAlongAndDelete(lesson)
})

const NEXT = 'next@example.test'

async function openAgain(address: string, lesson: string): Promise<Visitor> {
  const visitor = createVisitor(parts.url)
  await visitor.post(`${lesson}/read`)
  expect((await visitor.post(await newestLink(parts, address, '/read/'))).status).toBe(200)
  return visitor
}

async function anotherAddress(lesson: string) {
  const visitor = await openAgain(ADDRESS, lesson)
  expect((await visitor.post(`${lesson}/settings/address`, { email: NEXT })).status).toBe(200)
  const [asked] = await parts.mail.waitForMail(NEXT, 1)
  const link = asked && linksOf(asked).find((one) => one.startsWith(`${parts.url}/address/`))
  expect((await createVisitor(parts.url).post(link ?? '')).status).toBe(200)
  parts.clock.advance(DAY)
  const [, third] = await parts.mail.waitForMail(NEXT, 2)
  expect(third?.mail.subject).toContain('look again')
}

async function takeAlongAndDelete(lesson: string) {
  // Links to the new address open everything after a week.
  parts.clock.advance(8 * DAY)
  await parts.mail.waitForMail(NEXT, 3)
  const visitor = await openAgain(NEXT, lesson)
  const file = await visitor.get(`${lesson}/take/notes.json`)
  expect(file.text).toContain(SECRET)
  const page = await visitor.get(`${lesson}/take/leave`)
  const seen = /name="seen" value="(\d+)"/.exec(page.text)?.[1] ?? ''
  expect((await visitor.post(`${lesson}/take/leave`, { seen })).status).toBe(200)
  expect((await createVisitor(parts.url).get(lesson)).status).toBe(410)
}

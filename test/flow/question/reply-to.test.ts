import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { headerOf, linksOf } from '../../support/mail-links.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { courseWithQuestions } from '../../support/question/course-with-questions.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const ADDRESS = 'mara@example.test'
let course: Awaited<ReturnType<typeof courseWithQuestions>>
let parts: TestApp

beforeAll(async () => {
  course = await courseWithQuestions()
})
afterEach(() => parts?.close())
afterAll(() => course?.remove())

/** Where replies go to the emails of a sign-up, a first lesson and a link for reading, in a course that takes questions. */
async function repliesOf(env: Readonly<Record<string, string>>) {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', ...env },
    overrides: { lessonsDir: course.lessonsDir },
    worker: true,
  })
  const learner = await join(parts, ADDRESS)
  await parts.mail.waitForMail(ADDRESS, 2)
  await openOwnSessionByLink(parts, learner)
  const emails = await parts.mail.waitForMail(ADDRESS, 3)
  const leads = (part: string) =>
    emails.find((email) => linksOf(email).some((link) => link.startsWith(parts.url + part)))
  const [confirmation, reading] = [leads('/confirm/'), leads('/read/')]
  const lesson = emails.find((email) => email !== confirmation && email !== reading)
  return [confirmation, lesson, reading].map((email) => email && headerOf(email, 'Reply-To'))
}

test('no email has a Reply-To where there is no domain for replies', async () => {
  expect(await repliesOf({})).toEqual([null, null, null])
})

test('an email of the course has one, and none whose link expires', async () => {
  const replies = await repliesOf({ REPLY_DOMAIN: 'reply.course.example', BOUNCE_PORT: '0' })
  expect(replies).toEqual([null, expect.stringContaining('@reply.course.example'), null])
})

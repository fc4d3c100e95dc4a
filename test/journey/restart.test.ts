import { afterEach, expect, test } from '@jest/globals'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { headerOf, linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

let parts: TestApp

afterEach(() => parts?.close())

const ADDRESS = 'patient@example.test'

test('a service that is closed in mid-week and built again sends what was pending, once, and knows what was written', async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  const { visitor, lessonLink, stopLink } = await join(parts, ADDRESS)
  await visitor.post(lessonLink, { 'f.first': 'before the restart', effort: 'not-today' })

  await parts.restart()
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted).toHaveLength(2)
  const page = await visitor.get(lessonLink)
  expect(page.text).toContain('before the restart')
  expect(page.text).toContain('Day 1 is done')

  // Overdue when it comes back: today's lesson goes out now, and no burst follows.
  await parts.restart()
  parts.clock.set('2026-03-04T12:00:00Z')
  await parts.mail.waitForMail(ADDRESS, 3)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted).toHaveLength(3)

  await parts.restart()
  parts.clock.set('2026-03-05T06:00:00Z')
  await parts.mail.waitForMail(ADDRESS, 4)
  await parts.restart()
  parts.clock.set('2026-03-06T06:00:00Z')
  const mails = await parts.mail.waitForMail(ADDRESS, 5)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(mails.map((message) => message.mail.subject).slice(1)).toEqual([
    'First letter: look at this morning',
    'Second letter: change one part',
    'Third letter: look again',
    'Last letter: three mornings',
  ])
  expect(new Set(mails.map((message) => headerOf(message, 'message-id'))).size).toBe(5)
  expect((await createVisitor(parts.url).get(stopLink)).status).toBe(200)
})

test('a sign-up that was acknowledged while no worker ran gets its mail when one does', async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  const visitor = createVisitor(parts.url)
  expect((await visitor.post('/sign-up', { email: ADDRESS, timeZone: 'UTC' })).status).toBe(200)
  expect(parts.mail.accepted).toHaveLength(0)
  await parts.app.startWorker()
  const [confirmation] = await parts.mail.waitForMail(ADDRESS)
  expect((await visitor.get(linkOf(confirmation as Accepted, '/confirm/'))).status).toBe(200)
})

test('with COURSE_DAY a course day is as short as it says, whatever the hour and the zone', async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', COURSE_DAY: '20s' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  await join(parts, ADDRESS, { timeZone: 'Pacific/Apia', hour: '3' })
  const begin = parts.clock.now()
  const dues = () =>
    queryRows(parts.dataDir, "select due_at from delivery where kind <> 'sign-up' order by day").map(
      (row) => (row.due_at as number) - begin,
    )
  expect(dues()).toEqual([0, 20_000, 40_000])
  for (const [mails, seconds] of [
    [3, 20],
    [4, 40],
    [5, 60],
  ] as const) {
    parts.clock.set(begin + seconds * 1000 - 1)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(parts.mail.accepted).toHaveLength(mails - 1)
    parts.clock.set(begin + seconds * 1000)
    await parts.mail.waitForMail(ADDRESS, mails)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  expect(parts.mail.accepted.at(-1)?.mail.subject).toContain('Last letter')
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { forgetSessions } from '../../src/flow/security/sessions.ts'
import { allRows, changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

const DAY = 86_400_000
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const quiet = () => waitUntilIdle(parts.dataDir, parts.clock.now())

function lessonsOf(address: string) {
  return queryRows(
    parts.dataDir,
    `select d.day, d.state, d.due_at from delivery d join learner l on l.id = d.learner_id
     where l.address = ? and d.kind <> 'sign-up' order by d.day`,
    address,
  ) as { day: number; state: string; due_at: number }[]
}

const statesOf = (address: string) => lessonsOf(address).map((row) => row.state)

const ONE_CLICK = 'List-Unsubscribe=One-Click'
const MULTIPART = `--cut\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--cut--\r\n`

test.each([
  ['a form', 'application/x-www-form-urlencoded', ONE_CLICK],
  ['multipart', 'multipart/form-data; boundary=cut', MULTIPART],
])(
  'one click as %s stops everything still planned, with 200 and no redirect, however often',
  async (what, type, body) => {
    const { address, stopLink } = await join(parts, `click-${what.replace(' ', '-')}@example.test`)
    for (let time = 0; time < 3; time += 1) {
      const response = await fetch(stopLink, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
        redirect: 'manual',
      })
      expect(response.status).toBe(200)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(statesOf(address)).toEqual(['sent', 'cancelled', 'cancelled'])
    }
    const mails = parts.mail.accepted.length
    parts.clock.advance(3 * DAY)
    await quiet()
    expect(parts.mail.accepted).toHaveLength(mails)
  },
)

test('stopping is one transaction: when a part of it fails, all of it is as before', async () => {
  const { address, stopLink } = await join(parts, 'atomic@example.test')
  changeDatabase(
    parts.dataDir,
    "create trigger break_it before update of state on delivery when new.state = 'cancelled' and old.day = 3 begin select raise(abort, 'broken by the test'); end",
  )
  const before = allRows(parts.dataDir)
  expect((await createVisitor(parts.url).post(stopLink)).status).toBe(500)
  changeDatabase(parts.dataDir, 'drop trigger break_it')
  expect(allRows(parts.dataDir)).toEqual(before)
  expect((await createVisitor(parts.url).post(stopLink)).status).toBe(200)
  expect(statesOf(address)).toEqual(['sent', 'cancelled', 'cancelled'])
})

test('the footer’s link shows a page with a button, and looking at it stops nothing', async () => {
  const { address, stopLink } = await join(parts, 'looking@example.test')
  const before = allRows(parts.dataDir)
  const page = await createVisitor(parts.url).get(stopLink)
  expect(page.text).toContain(`<form method="post" action="${new URL(stopLink).pathname}">`)
  expect(allRows(parts.dataDir)).toEqual(before)
  expect(statesOf(address)).toEqual(['sent', 'planned', 'planned'])
})

test('one press starts again where it stopped, one lesson a day, and a second press changes nothing', async () => {
  const { address, stopLink, visitor } = await join(parts, 'restart@example.test')
  parts.clock.set(lessonsOf(address)[1]?.due_at ?? 0)
  await parts.mail.waitForMail(address, 3)
  await quiet()
  await visitor.post(stopLink)
  expect(statesOf(address)).toEqual(['sent', 'sent', 'cancelled'])

  parts.clock.advance(10 * DAY + 60_000)
  const started = await visitor.post(`${stopLink}/restart`)
  expect(started.status).toBe(200)
  expect(started.text).toContain('tomorrow')
  // Ten days on, lessons of the other learners here have become due.
  await quiet()
  // So has the end of a session, which upkeep deletes at a moment of its own.
  await forgetSessions(parts.app.ports)
  const planned = allRows(parts.dataDir)
  expect((await visitor.post(`${stopLink}/restart`)).status).toBe(200)
  expect(allRows(parts.dataDir)).toEqual(planned)

  parts.clock.set(lessonsOf(address)[2]?.due_at ?? 0)
  const mails = await parts.mail.waitForMail(address, 4)
  await quiet()
  expect(mails.at(-1)?.mail.subject).toContain('Third letter')
  parts.clock.advance(DAY)
  expect((await parts.mail.waitForMail(address, 5)).at(-1)?.mail.subject).toContain('Last letter')
})

test('stopping and starting again on one day brings no second lesson on that day', async () => {
  const { address, stopLink, visitor } = await join(parts, 'hasty@example.test')
  for (let time = 0; time < 3; time += 1) {
    await visitor.post(stopLink)
    await visitor.post(`${stopLink}/restart`)
  }
  await quiet()
  expect(parts.mail.accepted.filter((message) => message.to === address)).toHaveLength(2)
  const [, second, third] = lessonsOf(address)
  expect(second?.due_at).toBeGreaterThan(parts.clock.now())
  expect((third?.due_at ?? 0) - (second?.due_at ?? 0)).toBe(DAY)
})

test('who stops between the last lesson and the closing mail can go on to it', async () => {
  const { address, stopLink, visitor } = await join(parts, 'nearly@example.test')
  for (const day of [2, 3]) {
    parts.clock.set(lessonsOf(address)[day - 1]?.due_at ?? 0)
    await parts.mail.waitForMail(address, day + 1)
  }
  await quiet()
  expect(statesOf(address)).toEqual(['sent', 'sent', 'sent', 'planned'])
  await visitor.post(stopLink)
  expect(statesOf(address)).toEqual(['sent', 'sent', 'sent', 'cancelled'])
  await visitor.post(`${stopLink}/restart`)
  parts.clock.set(lessonsOf(address)[3]?.due_at ?? 0)
  expect((await parts.mail.waitForMail(address, 5)).at(-1)?.mail.subject).toContain('Last letter')
})

test('a link for one purpose does not work for another', async () => {
  const { lessonLink, stopLink } = await join(parts, 'purpose@example.test')
  const [lesson, stop] = [lessonLink, stopLink].map((link) => new URL(link).pathname.split('/')[2])
  const visitor = createVisitor(parts.url)
  const before = allRows(parts.dataDir)
  for (const path of [`/stop/${lesson}`, `/l/${stop}`, `/confirm/${stop}`, `/stop/${stop?.slice(0, -2)}`]) {
    expect({ path, status: (await visitor.post(path)).status }).toEqual({ path, status: 404 })
  }
  expect(allRows(parts.dataDir)).toEqual(before)
})

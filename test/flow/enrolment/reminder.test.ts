import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const tokenOf = (id: number) => LINKS.lesson.make(ports().keys, { enrolmentId: id, day: 1 })
const remindersOf = async (id: number) =>
  (await ports().store.deliveries.ofEnrolment(id)).filter(({ kind }) => kind === 'reminder')
const waiting = async (id: number) => (await remindersOf(id)).filter(({ state }) => state === 'planned')
const dueAt = (rows: readonly Delivery[]) => rows.map((row) => new Date(row.dueAt).toISOString().slice(0, 16))

/** In Berlin (UTC+1), with the first lesson sent at that time. */
async function enrolled(reminderHour: number | null, more: { webOnly?: boolean; discreet?: boolean } = {}) {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const address = `learner-${learners}@example.test`
  const { enrolment, deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 3, address })
  await ports().store.enrolments.setPreferences(enrolment.id, { reminderHour, ...more })
  for (const row of deliveries.slice(1))
    await ports().store.deliveries.postpone(row.id, ports().calendar.dueAt(enrolment, row.day ?? 0))
  expect(await deliver(ports(), deliveries[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  return { id: enrolment.id, address }
}

async function evening(id: number) {
  parts.clock.set('2026-03-02T19:00:00Z')
  return deliver(ports(), (await remindersOf(id))[0]?.id ?? 0)
}

const subjectsTo = (address: string) =>
  parts.mail.accepted.filter(({ to }) => to === address).map(({ mail }) => mail.subject)

test('a reminder comes at the chosen hour of the evening, once, and says which day is open', async () => {
  const { id, address } = await enrolled(20)
  expect(dueAt(await remindersOf(id))).toEqual(['2026-03-02T19:00'])
  expect(await evening(id)).toEqual({ kind: 'sent' })
  expect(subjectsTo(address)[1]).toBe('Kinder Mornings: your page is open')
  const text = parts.mail.accepted.at(-1)?.mail.text?.replace(/\s+/g, ' ')
  expect(text).toContain('Day 1 of Kinder Mornings is open')
  expect(text).toContain('You asked to be reminded at 8:00 PM')
  expect(await remindersOf(id)).toHaveLength(1)
})

test('in discreet mode it says nothing of a course or a day', async () => {
  const { id, address } = await enrolled(20, { discreet: true })
  expect(await evening(id)).toEqual({ kind: 'sent' })
  expect(subjectsTo(address)[1]).toBe('A page is open')
  expect(parts.mail.accepted.at(-1)?.mail.text).toContain('You asked for a reminder at 8:00 PM.')
  expect(parts.mail.accepted.at(-1)?.mail.text).not.toMatch(/Kinder|Day 1|lesson|course/)
})

test('nobody gets one who did not ask, reads on the web only, or gets the lesson later than that hour', async () => {
  for (const { id } of [await enrolled(null), await enrolled(20, { webOnly: true })])
    expect(await remindersOf(id)).toEqual([])
  const { id } = await enrolled(20)
  parts.clock.set('2026-03-03T20:00:00Z')
  const second = (await ports().store.deliveries.ofEnrolment(id)).find(({ day }) => day === 2) as Delivery
  expect(await deliver(ports(), second.id)).toEqual({ kind: 'sent' })
  expect(dueAt(await remindersOf(id))).toEqual(['2026-03-02T19:00'])
})

test.each(['full', 'small', 'not-today'] as const)(
  'it does not come after a day was completed as %s',
  async (effort) => {
    const { id, address } = await enrolled(20)
    await ports().store.progress.complete(id, 1, effort, parts.clock.now())
    expect((await evening(id)).kind).toBe('cancelled')
    expect(subjectsTo(address)).toHaveLength(1)
  },
)

test('it does not come after something was saved, and a visit alone does not stop it', async () => {
  const saved = await enrolled(20)
  await fetch(`${parts.url}/l/${tokenOf(saved.id)}`, {
    method: 'POST',
    body: new URLSearchParams({ 'f.sleep': '3' }),
    redirect: 'manual',
  })
  const isWritten = await ports().store.answers.writtenElsewhere({ enrolmentId: saved.id, day: 1, session: '' })
  expect(isWritten).toBe(true)
  expect((await evening(saved.id)).kind).toBe('cancelled')

  const visited = await enrolled(20)
  expect((await fetch(`${parts.url}/l/${tokenOf(visited.id)}`)).status).toBe(200)
  expect(await evening(visited.id)).toEqual({ kind: 'sent' })
})

test('it does not come after a pause, a stop, or when it was switched off', async () => {
  const [paused, stopped, off] = [await enrolled(20), await enrolled(20), await enrolled(20)]
  await pauseInSettings(ports(), tokenOf(paused.id), '2026-03-20')
  await stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId: stopped.id }))
  await changeSettings(ports(), tokenOf(off.id), null, { reminderHour: null })
  for (const { id, address } of [paused, stopped, off]) {
    expect((await evening(id)).kind).toMatch(/cancelled|settled/)
    expect(subjectsTo(address)).toHaveLength(1)
  }
})

test('kept back over night, it does not come in the morning', async () => {
  const { id, address } = await enrolled(20)
  parts.clock.set('2026-03-03T06:30:00Z')
  const [reminder] = await remindersOf(id)
  expect((await deliver(ports(), reminder?.id ?? 0)).kind).toBe('cancelled')
  expect(subjectsTo(address)).toHaveLength(1)
})

test('asked for on the day of a lesson, it comes that evening, and another hour moves it', async () => {
  const { id, address } = await enrolled(null)
  await changeSettings(ports(), tokenOf(id), null, { reminderHour: 18 })
  expect(dueAt(await waiting(id))).toEqual(['2026-03-02T17:00'])
  await changeSettings(ports(), tokenOf(id), null, { reminderHour: 20 })
  await changeSettings(ports(), tokenOf(id), null, { reminderHour: 20 })
  expect(dueAt(await waiting(id))).toEqual(['2026-03-02T19:00'])
  parts.clock.set('2026-03-02T19:00:00Z')
  expect(await deliver(ports(), (await waiting(id))[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  await changeSettings(ports(), tokenOf(id), null, { reminderHour: 22 })
  expect(await waiting(id)).toEqual([])
  expect(subjectsTo(address)).toHaveLength(2)
})

test('asked for twice at once, it is planned once', async () => {
  const { id } = await enrolled(null)
  await Promise.all([18, 18, 18].map((reminderHour) => changeSettings(ports(), tokenOf(id), null, { reminderHour })))
  expect(await waiting(id)).toHaveLength(1)
})

test('asked for when its hour has passed, or on a day without a lesson, it begins with the next lesson', async () => {
  for (const at of ['2026-03-02T18:30:00Z', '2026-03-03T05:00:00Z']) {
    const { id } = await enrolled(null)
    parts.clock.set(at)
    await changeSettings(ports(), tokenOf(id), null, { reminderHour: 18 })
    expect(await remindersOf(id)).toEqual([])
  }
})

test('a copy of one whose reply was lost is not sent at another hour, as it would say something else', async () => {
  const { id } = await enrolled(20)
  const [row] = await remindersOf(id)
  parts.clock.set('2026-03-02T19:00:00Z')
  const claimed = await ports().store.deliveries.claim(row?.id ?? 0, {
    now: parts.clock.now(),
    leaseUntil: parts.clock.now() + 60_000,
    owner: 'w',
    messageId: 'm@example.test',
    day: null,
  })
  await ports().store.deliveries.markHandedOver(row?.id ?? 0, claimed?.fence ?? 0, parts.clock.now())
  await ports().store.deliveries.settle(
    row?.id ?? 0,
    claimed?.fence ?? 0,
    {
      state: 'unconfirmed',
      dueAt: parts.clock.now() + 900_000,
      reply: 'lost',
    },
    parts.clock.now(),
  )
  await changeSettings(ports(), tokenOf(id), null, { reminderHour: 21 })
  parts.clock.set('2026-03-02T20:00:00Z')
  expect((await deliver(ports(), row?.id ?? 0)).kind).not.toBe('sent')
  expect(await waiting(id)).toEqual([])
})

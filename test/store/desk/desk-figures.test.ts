import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const DAY = 86_400_000
const TODAY = 20_000
const NOW = TODAY * DAY + DAY / 2
let parts: TestStore

beforeAll(async () => {
  parts = await createTestStore()
})
afterAll(() => parts?.close())

test('counts end where they are told to', async () => {
  await enrolForTest(parts.store, { now: NOW, days: 5 })
  const counts = (at: number, most: number) => parts.store.deskFigures.countWaiting(at, most)
  expect(await counts(NOW + 1_000, 100)).toEqual({ due: 2, soon: 3, deferred: 0, unconfirmed: 0 })
  expect(await counts(NOW + 10_000, 4)).toMatchObject({ due: 4, soon: 0 })
})

test('each day counts what happened in it, and a day without anything is there', async () => {
  const { enrolment } = await enrolForTest(parts.store, { now: NOW - 2 * DAY, days: 0, address: 'b@example.test' })
  await parts.store.enrolments.move(enrolment.id, 'active', 'stopped', NOW - DAY)
  await parts.store.reputation.count(TODAY, 'sent', 7)
  await parts.store.reputation.count(TODAY - 2, 'bounced')
  const days = await parts.store.deskFigures.days(TODAY - 2, TODAY, NOW)
  const nothing = { sent: 0, bounced: 0, complained: 0, signedUp: 0, confirmed: 0, stopped: 0 }
  expect(days).toEqual([
    { ...nothing, day: TODAY - 2, bounced: 1, confirmed: 1 },
    { ...nothing, day: TODAY - 1, stopped: 1 },
    { ...nothing, day: TODAY, sent: 7, confirmed: 1 },
  ])
})

test('a day that is over is counted once a day, also where today alone is asked for meanwhile', async () => {
  const { deskFigures } = parts.store
  const confirmed = async (now: number) => (await deskFigures.days(TODAY - 9, TODAY, now))[0]?.confirmed
  expect(await confirmed(NOW)).toBe(0)
  await enrolForTest(parts.store, { now: NOW - 9 * DAY, days: 0, address: 'c@example.test' })
  await deskFigures.days(TODAY, TODAY, NOW)
  expect(await confirmed(NOW)).toBe(0)
  expect(await confirmed(NOW + DAY)).toBe(1)
})

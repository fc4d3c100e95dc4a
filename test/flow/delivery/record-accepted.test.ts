import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import type { Ports } from '../../../src/flow/ports/ports.ts'
import { utcDay } from '../../../src/flow/sending/reputation.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const LEASE = 120_000
const ACCEPTED = { kind: 'accepted', reply: '250 ok' } as const

let parts: TestApp
beforeEach(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
})
afterEach(() => parts.close())

const now = () => parts.clock.now()
const store = () => parts.app.ports.store
const sentToday = async () => (await store().reputation.since(utcDay(now()))).sent

/** Day `day` of a learner's course, claimed, and what records its result. */
async function claimed(number: number, day = 1) {
  const made = await enrolForTest(store(), { now: now(), days: 3, address: `${number}@example.test` })
  const { id } = made.deliveries[day - 1] as Delivery
  const later = now() + day * 86_400_000
  for (const earlier of made.deliveries.slice(0, day - 1)) await store().deliveries.cancelWaiting(earlier.id, '', now())
  const request = { now: later, leaseUntil: later + LEASE, owner: 'worker', messageId: 'm@test', day: null }
  const row = (await store().deliveries.claim(id, request)) as Delivery
  return { row, enrolment: made.enrolment }
}

/** The ports, and how many transactions were begun through them. */
function counted(fail: () => Error | null = () => null) {
  let transactions = 0
  const { ports } = parts.app
  const transaction: Ports['store']['transaction'] = (work) => {
    transactions += 1
    const error = fail()
    return error ? Promise.reject(error) : ports.store.transaction(work)
  }
  return { ports: { ...ports, store: { ...ports.store, transaction } }, transactions: () => transactions }
}

test('messages accepted at the same time share a transaction, and each counts once', async () => {
  const all = [await claimed(0), await claimed(1), await claimed(2)]
  const { ports, transactions } = counted()
  const record = () =>
    Promise.all(all.map(({ row, enrolment }) => recordResult(ports, row, ACCEPTED, 'open', enrolment)))
  expect(await record()).toEqual(all.map(() => ({ kind: 'sent' })))
  expect(transactions()).toBe(1)
  for (const { row } of all)
    expect(await store().deliveries.byId(row.id)).toMatchObject({ state: 'sent', reply: '250 ok', settledAt: now() })
  expect(await sentToday()).toBe(3)
  await record()
  expect(await sentToday()).toBe(3)
})

test('a message whose lease was lost is not recorded, and takes nothing from those beside it', async () => {
  const [kept, lost] = [await claimed(1), await claimed(2)]
  const stale = { ...lost.row, fence: lost.row.fence - 1 }
  const { ports } = counted()
  await Promise.all([
    recordResult(ports, kept.row, ACCEPTED, 'open', kept.enrolment),
    recordResult(ports, stale, ACCEPTED, 'open', lost.enrolment),
  ])
  expect(await store().deliveries.byId(kept.row.id)).toMatchObject({ state: 'sent' })
  expect(await store().deliveries.byId(lost.row.id)).toEqual(lost.row)
  expect(await sentToday()).toBe(1)
})

test('more than 32 are recorded in several transactions', async () => {
  const { row, enrolment } = await claimed(1)
  const { ports, transactions } = counted()
  await Promise.all(Array.from({ length: 70 }, () => recordResult(ports, row, ACCEPTED, 'open', enrolment)))
  expect(transactions()).toBe(3)
  expect(await sentToday()).toBe(1)
})

test('the last lesson plans the closing email, in a transaction of its own', async () => {
  const { row, enrolment } = await claimed(1, 3)
  await recordResult(parts.app.ports, row, ACCEPTED, 'open', enrolment)
  const days = await store().deliveries.ofEnrolment(enrolment.id)
  expect(days.find(({ kind }) => kind === 'closing')).toMatchObject({ day: 4, state: 'planned' })
})

test('an error of the database reaches everybody who waits', async () => {
  const all = [await claimed(1), await claimed(2)]
  const { ports } = counted(() => new Error('the disk is gone'))
  const failed = all.map(({ row, enrolment }) => recordResult(ports, row, ACCEPTED, 'open', enrolment))
  for (const one of failed) await expect(one).rejects.toThrow('the disk is gone')
  const again = counted()
  await Promise.all(all.map(({ row, enrolment }) => recordResult(again.ports, row, ACCEPTED, 'open', enrolment)))
  expect(await sentToday()).toBe(2)
})

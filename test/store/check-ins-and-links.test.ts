import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Variant } from '../../src/core/course.ts'
import type { Delivery, DeliveryKind } from '../../src/core/model.ts'
import { createTestStore, enrolForTest, type TestStore } from '../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const DAY = { start: NOW - 1_000, end: NOW + 86_400_000 }

let parts: TestStore
let enrolmentId: number
let learnerId: number
let first: Delivery

beforeEach(async () => {
  parts = await createTestStore()
  const made = await enrolForTest(parts.store, { now: NOW, days: 2 })
  enrolmentId = made.enrolment.id
  learnerId = made.learner.id
  first = made.deliveries[0] as Delivery
})

afterEach(() => parts.close())

async function plan(kind: DeliveryKind, day: number | null): Promise<Delivery> {
  const [row] = await parts.store.deliveries.plan(
    [{ learnerId, kind, enrolmentId, signUpId: null, day, dueAt: NOW }],
    NOW,
  )
  return row as Delivery
}

const claim = (id: number, variant: Variant | null = null, day: typeof DAY | null = null) =>
  parts.store.deliveries.claim(id, { now: NOW, leaseUntil: NOW + 60_000, owner: 'w', messageId: 'm@t', day, variant })

describe('a check-in', () => {
  beforeEach(() => parts.store.deliveries.cancelEnrolment(enrolmentId, NOW).then(() => {}))

  test.each([
    ['active', true],
    ['finished', true],
    ['stopped', false],
  ] as const)('of an enrolment that is %s may be sent: %s', async (state, allowed) => {
    const row = await plan('check-in', 9)
    if (state !== 'active') await parts.store.enrolments.move(enrolmentId, 'active', state, NOW)
    expect(await parts.store.deliveries.mayBeSent(row.id)).toBe(allowed)
    expect((await claim(row.id)) !== null).toBe(allowed)
  })

  test('is refused once the check-ins are stopped, even after it was taken up, and allowed when they come again', async () => {
    await parts.store.enrolments.move(enrolmentId, 'active', 'finished', NOW)
    const row = await plan('check-in', 9)
    const claimed = (await claim(row.id)) as Delivery
    await parts.store.enrolments.setCheckIns(enrolmentId, NOW)
    expect(await parts.store.deliveries.markDot(row.id, claimed.fence, NOW)).toBe(false)
    await parts.store.enrolments.setCheckIns(enrolmentId, null)
    expect(await parts.store.deliveries.markDot(row.id, claimed.fence, NOW)).toBe(true)
  })

  test('is refused for a suppressed address', async () => {
    const row = await plan('check-in', 9)
    await parts.store.suppressions.add(learnerId, 'complaint', NOW)
    expect(await claim(row.id)).toBeNull()
  })

  test('is cancelled with its like, and nothing else is', async () => {
    const rows = [await plan('check-in', 9), await plan('check-in', 10), await plan('closing', 8)]
    expect(await parts.store.deliveries.cancelCheckIns(enrolmentId, NOW)).toBe(2)
    const states = await Promise.all(rows.map(({ id }) => parts.store.deliveries.byId(id)))
    expect(states.map((row) => row?.state)).toEqual(['cancelled', 'cancelled', 'planned'])
  })
})

test.each(['lesson', 'closing'] as const)('a %s of a finished enrolment is refused', async (kind) => {
  const row = kind === 'lesson' ? first : await plan('closing', 8)
  await parts.store.enrolments.move(enrolmentId, 'active', 'finished', NOW)
  expect(await claim(row.id)).toBeNull()
})

describe('a link to read back', () => {
  test('neither takes a lesson’s day nor waits for one', async () => {
    const link = await plan('reading-link', null)
    const claimed = (await claim(link.id)) as Delivery
    await parts.store.deliveries.markDot(link.id, claimed.fence, NOW)
    await parts.store.deliveries.settle(link.id, claimed.fence, { state: 'sent', reply: '250' }, NOW)
    expect(await parts.store.deliveries.sentWithin(enrolmentId, first.id, DAY)).toBe(false)
    expect(await claim(first.id, null, DAY)).not.toBeNull()
  })

  test('goes out whatever became of the course, but never to a suppressed address', async () => {
    await parts.store.enrolments.move(enrolmentId, 'active', 'stopped', NOW)
    const link = await plan('reading-link', null)
    expect(await parts.store.deliveries.mayBeSent(link.id)).toBe(true)
    await parts.store.suppressions.add(learnerId, 'dead-address', NOW)
    expect(await claim(link.id)).toBeNull()
  })

  test('is counted for its learner', async () => {
    await plan('reading-link', null)
    await plan('reading-link', null)
    expect(await parts.store.deliveries.countPlanned(learnerId, 'reading-link', NOW)).toBe(2)
    expect(await parts.store.deliveries.countPlanned(learnerId, 'reading-link', NOW + 1)).toBe(0)
    expect(await parts.store.deliveries.countPlanned(learnerId + 1, 'reading-link', NOW)).toBe(0)
  })
})

describe('the form a message was made for', () => {
  const mend: Variant = { track: 'mend', overlays: ['gentle'] }
  const reach: Variant = { track: 'reach', overlays: [] }

  test('follows the learner’s newest choice until its first copy is on the way', async () => {
    const claimed = (await claim(first.id, mend)) as Delivery
    expect(claimed.variant).toEqual(mend)
    const deferred = { state: 'deferred', dueAt: NOW, reply: '450' } as const
    await parts.store.deliveries.settle(first.id, claimed.fence, deferred, NOW)
    expect((await claim(first.id, reach))?.variant).toEqual(reach)
  })

  test('stays the same in a copy that is sent again', async () => {
    const claimed = (await claim(first.id, mend)) as Delivery
    await parts.store.deliveries.markDot(first.id, claimed.fence, NOW)
    const unconfirmed = { state: 'unconfirmed', dueAt: NOW, reply: '' } as const
    await parts.store.deliveries.settle(first.id, claimed.fence, unconfirmed, NOW)
    expect((await claim(first.id, reach))?.variant).toEqual(mend)
  })
})

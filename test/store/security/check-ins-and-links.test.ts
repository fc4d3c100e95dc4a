import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Delivery, DeliveryKind } from '../../../src/core/model.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

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

const claim = (id: number, day: typeof DAY | null = null) =>
  parts.store.deliveries.claim(id, { now: NOW, leaseUntil: NOW + 60_000, owner: 'w', messageId: 'm@t', day })

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
    expect(await parts.store.deliveries.markHandedOver(row.id, claimed.fence, NOW)).toBe(false)
    await parts.store.enrolments.setCheckIns(enrolmentId, null)
    expect(await parts.store.deliveries.markHandedOver(row.id, claimed.fence, NOW)).toBe(true)
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
    await parts.store.deliveries.markHandedOver(link.id, claimed.fence, NOW)
    await parts.store.deliveries.settle(link.id, claimed.fence, { state: 'sent', reply: '250' }, NOW)
    expect(await parts.store.deliveries.sentWithin(enrolmentId, first.id, DAY)).toBe(false)
    expect(await claim(first.id, DAY)).not.toBeNull()
  })

  test('goes out whatever became of the course, but never to a suppressed address', async () => {
    await parts.store.enrolments.move(enrolmentId, 'active', 'stopped', NOW)
    const link = await plan('reading-link', null)
    expect(await parts.store.deliveries.mayBeSent(link.id)).toBe(true)
    await parts.store.suppressions.add(learnerId, 'dead-address', NOW)
    expect(await claim(link.id)).toBeNull()
  })
})

describe('the form a message was made for', () => {
  const mend = Buffer.from('mend, sealed')
  const reach = Buffer.from('reach, sealed')
  const stored = async () => (await parts.store.deliveries.byId(first.id))?.sealedVariant

  test('is kept as it leaves, and follows the learner’s newest choice until it may have arrived', async () => {
    const claimed = (await claim(first.id)) as Delivery
    expect(claimed.sealedVariant).toBeNull()
    await parts.store.deliveries.markHandedOver(first.id, claimed.fence, NOW, mend)
    expect(await stored()).toEqual(mend)
    const deferred = { state: 'deferred', dueAt: NOW, reply: '450' } as const
    await parts.store.deliveries.settle(first.id, claimed.fence, deferred, NOW)
    const again = (await claim(first.id)) as Delivery
    await parts.store.deliveries.markHandedOver(first.id, again.fence, NOW, reach)
    expect(await stored()).toEqual(reach)
  })

  test('stays the same in a copy that is sent again', async () => {
    const claimed = (await claim(first.id)) as Delivery
    await parts.store.deliveries.markHandedOver(first.id, claimed.fence, NOW, mend)
    const unconfirmed = { state: 'unconfirmed', dueAt: NOW, reply: '' } as const
    await parts.store.deliveries.settle(first.id, claimed.fence, unconfirmed, NOW)
    const copy = (await claim(first.id)) as Delivery
    expect(copy.sealedVariant).toEqual(mend)
    await parts.store.deliveries.markHandedOver(first.id, copy.fence, NOW, reach)
    expect(await stored()).toEqual(mend)
  })

  test('of an earlier claim, in clear, goes with the next one, unless the message may have arrived', async () => {
    const change = (columns: { variant?: string; first_dot_at?: number }) =>
      parts.database.db.updateTable('delivery').set(columns).where('id', '=', first.id).execute()
    await change({ variant: '{"track":"mend","overlays":[]}' })
    expect(await claim(first.id)).toMatchObject({ plainVariant: null })
    await parts.store.deliveries.settle(first.id, 1, { state: 'unconfirmed', dueAt: NOW, reply: '' }, NOW)
    await change({ variant: '{"track":"mend","overlays":[]}', first_dot_at: NOW })
    expect(await claim(first.id)).toMatchObject({ plainVariant: { track: 'mend', overlays: [] } })
  })
})

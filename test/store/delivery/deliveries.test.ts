import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Delivery, NEVER } from '../../../src/core/model.ts'
import type { ClaimRequest } from '../../../src/flow/ports/delivery-ports.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const LEASE = 120_000

let parts: TestStore
let first: Delivery
let second: Delivery
let enrolmentId: number
let learnerId: number

beforeEach(async () => {
  parts = await createTestStore()
  const made = await enrolForTest(parts.store, { now: NOW, days: 3 })
  first = made.deliveries[0] as Delivery
  second = made.deliveries[1] as Delivery
  enrolmentId = made.enrolment.id
  learnerId = made.learner.id
})

afterEach(() => parts.close())

function request(now: number, day: ClaimRequest['day'] = null): ClaimRequest {
  return { now, leaseUntil: now + LEASE, owner: 'worker', messageId: 'message@test', day }
}

const claim = (id: number, now = NOW, day: ClaimRequest['day'] = null) =>
  parts.store.deliveries.claim(id, request(now, day))

describe('planning', () => {
  const lesson = (day: number) =>
    ({ learnerId, kind: 'lesson', enrolmentId, signUpId: null, day, dueAt: NOW + day * LEASE }) as const
  const days = (rows: readonly Delivery[]) => rows.map(({ day, dueAt, state }) => ({ day, dueAt, state }))

  test('writes each row with its own values, however many there are', async () => {
    const { plan, ofEnrolment } = parts.store.deliveries
    const planned = [
      ...(await plan([lesson(4)], NOW)),
      ...(await plan([lesson(6), lesson(5), lesson(7)], NOW)),
      ...(await plan([lesson(8)], NOW)),
      ...(await plan([], NOW)),
    ]
    expect(days(planned)).toEqual([4, 6, 5, 7, 8].map((day) => ({ day, dueAt: NOW + day * LEASE, state: 'planned' })))
    const ids = planned.map(({ id }) => id)
    expect((await ofEnrolment(enrolmentId)).filter(({ id }) => ids.includes(id))).toEqual(
      planned.toSorted((one, other) => (one.day ?? 0) - (other.day ?? 0)),
    )
  })

  test('leaves a day that is planned already as it is, and gives only what is new', async () => {
    const { plan, byId } = parts.store.deliveries
    expect(days(await plan([lesson(1), lesson(4)], NOW))).toMatchObject([{ day: 4 }])
    expect(await plan([lesson(2)], NOW)).toEqual([])
    expect(await byId(first.id)).toEqual(first)
  })
})

describe('a claim', () => {
  test('takes a due row, raises its fence and fixes its Message-ID', async () => {
    const claimed = await claim(first.id)
    expect(claimed).toMatchObject({
      state: 'leased',
      fence: 1,
      attempt: 1,
      messageId: 'message@test',
      leaseUntil: NOW + LEASE,
    })
  })

  test('is given to one of many who ask at once, from two connections', async () => {
    const other = parts.openAgain()
    const stores = [parts.store, createStore(other)]
    const claims = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        (stores[index % 2] as typeof parts.store).deliveries.claim(first.id, request(NOW)),
      ),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
    await other.close()
  })

  test('is refused before the row is due', async () => {
    expect(await claim(first.id, NOW - 1)).toBeNull()
  })

  test('is refused while another holds the lease, and granted once it ran out before the dot', async () => {
    await claim(first.id)
    expect(await claim(first.id, NOW + LEASE - 1)).toBeNull()
    expect(await claim(first.id, NOW + LEASE)).toMatchObject({ fence: 2, attempt: 2 })
  })

  test('is refused after the dot: that moment is ambiguous', async () => {
    await claim(first.id)
    await parts.store.deliveries.markHandedOver(first.id, 1, NOW + 1)
    expect(await claim(first.id, NOW + LEASE)).toBeNull()
  })

  test('is refused while an earlier day is still to be sent', async () => {
    expect(await claim(second.id, NOW + 5_000)).toBeNull()
    await claim(first.id)
    await parts.store.deliveries.settle(first.id, 1, { state: 'failed', reply: '' }, NOW)
    expect(await claim(second.id, NOW + 5_000)).not.toBeNull()
  })

  test('is refused when a lesson of the enrolment had its dot on the same day, and granted the next', async () => {
    await claim(first.id)
    await parts.store.deliveries.markHandedOver(first.id, 1, NOW)
    await parts.store.deliveries.settle(first.id, 1, { state: 'sent', reply: '250' }, NOW)
    expect(await claim(second.id, NOW + 5_000, { start: NOW, end: NOW + 86_400_000 })).toBeNull()
    expect(await claim(second.id, NOW + 5_000, { start: NOW + 1, end: NOW + 86_400_000 })).not.toBeNull()
  })

  test('is refused for a stopped enrolment', async () => {
    await parts.store.enrolments.move(enrolmentId, 'active', 'stopped', NOW)
    expect(await claim(first.id)).toBeNull()
  })

  test('is refused for a suppressed address', async () => {
    await parts.store.suppressions.add(learnerId, 'dead-address', NOW)
    await parts.store.suppressions.add(learnerId, 'dead-address', NOW)
    expect(await claim(first.id)).toBeNull()
  })
})

describe('the mark before the dot', () => {
  beforeEach(async () => {
    await claim(first.id)
  })

  test('is made once', async () => {
    expect(await parts.store.deliveries.markHandedOver(first.id, 1, NOW)).toBe(true)
    expect(await parts.store.deliveries.markHandedOver(first.id, 1, NOW)).toBe(false)
  })

  test.each([
    ['with an old fence', async () => void (await claim(first.id, NOW + LEASE)), NOW + LEASE + 1],
    ['after the lease ran out', async () => {}, NOW + LEASE],
    ['after an unsubscribe', async () => void (await stopEnrolment()), NOW],
    ['for a suppressed address', () => parts.store.suppressions.add(learnerId, 'complaint', NOW), NOW],
  ])('is refused %s', async (_, happen, now) => {
    await happen()
    expect(await parts.store.deliveries.markHandedOver(first.id, 1, now)).toBe(false)
  })

  async function stopEnrolment() {
    await parts.store.transaction(async (unit) => {
      await unit.enrolments.move(enrolmentId, 'active', 'stopped', NOW)
      await unit.deliveries.cancelEnrolment(enrolmentId, NOW)
    })
  }
})

describe('settling', () => {
  test('with an old fence changes nothing', async () => {
    await claim(first.id)
    await claim(first.id, NOW + LEASE)
    expect(await parts.store.deliveries.settle(first.id, 1, { state: 'sent', reply: '250' }, NOW)).toBe(false)
    expect((await parts.store.deliveries.byId(first.id))?.state).toBe('leased')
  })

  test('keeps the reply and the time', async () => {
    await claim(first.id)
    await parts.store.deliveries.markHandedOver(first.id, 1, NOW + 1)
    await parts.store.deliveries.settle(first.id, 1, { state: 'sent', reply: '250 2.0.0 ok' }, NOW + 2)
    expect(await parts.store.deliveries.byId(first.id)).toMatchObject({
      state: 'sent',
      reply: '250 2.0.0 ok',
      handedOverAt: NOW + 1,
      settledAt: NOW + 2,
      leaseUntil: null,
    })
  })

  test('a deferred row is due at its time and gives the day back', async () => {
    await claim(first.id)
    await parts.store.deliveries.markHandedOver(first.id, 1, NOW)
    await parts.store.deliveries.settle(first.id, 1, { state: 'deferred', dueAt: NOW + 60_000, reply: '451' }, NOW)
    expect(await parts.store.deliveries.byId(first.id)).toMatchObject({ firstHandoverAt: null, handedOverAt: null })
    expect(await claim(first.id, NOW + 59_999)).toBeNull()
    expect(await claim(first.id, NOW + 60_000)).toMatchObject({ fence: 2 })
  })

  test('a lease that ran out after its dot is unconfirmed, resent once, and then left to a person', async () => {
    const { deliveries } = parts.store
    await claim(first.id)
    await deliveries.markHandedOver(first.id, 1, NOW)
    expect(await deliveries.expireHandovers(NOW + LEASE - 1, 0)).toEqual([])
    const resendAt = NOW + LEASE + 900_000
    expect(await deliveries.expireHandovers(NOW + LEASE, resendAt)).toMatchObject([{ id: first.id, dueAt: resendAt }])

    expect(await claim(first.id, resendAt - 1)).toBeNull()
    expect(await claim(first.id, resendAt)).toMatchObject({ resends: 1, fence: 2, handedOverAt: null })
    await deliveries.markHandedOver(first.id, 2, resendAt)
    expect(await deliveries.expireHandovers(resendAt + LEASE, resendAt + LEASE)).toMatchObject([{ dueAt: NEVER }])
    expect(await claim(first.id, resendAt + 10 * LEASE)).toBeNull()
    expect(await deliveries.due(resendAt + 10 * LEASE, 10)).not.toContain(first.id)
  })

  test('a reply that comes after the row became unconfirmed proves that it arrived', async () => {
    await claim(first.id)
    await parts.store.deliveries.markHandedOver(first.id, 1, NOW)
    await parts.store.deliveries.expireHandovers(NOW + LEASE, NOW + LEASE + 900_000)
    expect(await parts.store.deliveries.settle(first.id, 1, { state: 'sent', reply: '250' }, NOW + LEASE + 5)).toBe(
      true,
    )
    expect(await claim(first.id, NOW + LEASE + 900_000)).toBeNull()
  })
})

test('stopping cancels what waits and what is on its way, not what has had its dot', async () => {
  await claim(first.id)
  await parts.store.deliveries.markHandedOver(first.id, 1, NOW)
  expect(await parts.store.deliveries.cancelEnrolment(enrolmentId, NOW)).toBe(2)
  const states = (await parts.store.deliveries.ofEnrolment(enrolmentId)).map((row) => row.state)
  expect(states).toEqual(['leased', 'cancelled', 'cancelled'])
})

test('stopping while the second copy of a message is on its way cancels that copy, not what became of the first', async () => {
  await claim(first.id)
  await parts.store.deliveries.markHandedOver(first.id, 1, NOW)
  await parts.store.deliveries.expireHandovers(NOW + LEASE, NOW + LEASE)
  await claim(first.id, NOW + LEASE)
  await parts.store.deliveries.cancelEnrolment(enrolmentId, NOW + LEASE)
  expect(await parts.store.deliveries.byId(first.id)).toMatchObject({ state: 'unconfirmed', dueAt: NEVER })
  expect(await parts.store.deliveries.markHandedOver(first.id, 2, NOW + LEASE)).toBe(false)
})

test('what is due comes oldest first, abandoned leases before all', async () => {
  const later = await enrolForTest(parts.store, { now: NOW - 5_000, days: 1, address: 'b@example.test' })
  await claim(first.id)
  expect(await parts.store.deliveries.due(NOW + 1_500, 10)).toEqual([later.deliveries[0]?.id, second.id])
  expect((await parts.store.deliveries.due(NOW + LEASE, 10))[0]).toBe(first.id)
})

test('leases of workers that have ended can be taken back at once', async () => {
  await claim(first.id)
  expect(await parts.store.deliveries.owners()).toEqual(['worker'])
  expect(await parts.store.deliveries.releaseOwners(['another'], NOW + 1)).toBe(0)
  expect(await parts.store.deliveries.releaseOwners(['worker'], NOW + 1)).toBe(1)
  expect(await claim(first.id, NOW + 1)).toMatchObject({ fence: 2 })
})

test('pages of what is upcoming hold every row once', async () => {
  await enrolForTest(parts.store, { now: NOW, days: 3, address: 'b@example.test' })
  const seen: number[] = []
  let after: { dueAt: number; id: number } | null = null
  for (;;) {
    const page = await parts.store.deliveries.upcoming({ start: NOW, end: NOW + 10_000 }, after, 2)
    if (page.length === 0) break
    seen.push(...page.map((row) => row.id))
    const last = page[page.length - 1]
    after = last ? { dueAt: last.dueAt, id: last.id } : null
  }
  expect(seen).toHaveLength(6)
  expect(new Set(seen).size).toBe(6)
})

test('a transaction that throws leaves nothing behind', async () => {
  const fault = parts.store.transaction(async (unit) => {
    await unit.learners.ensure({ address: 'c@example.test', addressKey: 'c', now: NOW })
    throw new Error('no')
  })
  await expect(fault).rejects.toThrow('no')
  const row = await parts.database.db
    .selectFrom('learner')
    .select('id')
    .where('address_key', '=', 'c')
    .executeTakeFirst()
  expect(row).toBeUndefined()
})

test('every email of a learner is listed in the order of planning, of any course and of none, and nobody else’s', async () => {
  const { deliveries } = parts.store
  const notice = { learnerId, kind: 'sign-up', enrolmentId: null, signUpId: null, day: null, dueAt: NOW } as const
  const [planned] = await deliveries.plan([notice], NOW)
  await enrolForTest(parts.store, { now: NOW, days: 2, address: 'else@example.test' })
  const ofLearner = await deliveries.ofLearner(learnerId)
  expect(ofLearner.map(({ day, kind }) => [kind, day])).toEqual([
    ['lesson', 1],
    ['lesson', 2],
    ['lesson', 3],
    ['sign-up', null],
  ])
  expect(ofLearner.at(-1)).toEqual(planned)
})

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { type Delivery, NEVER } from '../../../src/core/model.ts'
import type { ClaimRequest, Deliveries, Window } from '../../../src/flow/ports/delivery-ports.ts'
import { createDeliveries } from '../../../src/store/delivery/deliveries.ts'
import '../../support/property-seed.ts'
import { type WatchedDatabase, watchDatabase } from '../../support/database/watched-database.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const LEASE = 120_000
const DAY_MS = 86_400_000
const TODAY: Window = { start: NOW - DAY_MS / 2, end: NOW + DAY_MS / 2 }
const YESTERDAY = NOW - DAY_MS

let parts: TestStore
let watched: WatchedDatabase
let deliveries: Deliveries

beforeEach(async () => {
  parts = await createTestStore()
  watched = watchDatabase(parts.file)
  deliveries = createDeliveries(watched.db)
})
afterEach(async () => {
  watched.close()
  await parts.close()
})

function request(values: Partial<ClaimRequest> = {}): ClaimRequest {
  const now = values.now ?? NOW
  return { now, leaseUntil: now + LEASE, owner: 'worker', messageId: 'm@test', day: TODAY, ...values }
}

async function learners(count: number, days: number): Promise<readonly (readonly Delivery[])[]> {
  const made = []
  for (let number = 0; number < count; number += 1)
    made.push((await enrolForTest(parts.store, { now: NOW, days, address: `${number}@example.test` })).deliveries)
  return made
}

/** The ids that were given, in order of asking. */
async function claimTogether(queries: readonly (readonly [id: number, request: ClaimRequest])[]) {
  return Promise.all(queries.map(async ([id, one]) => (await deliveries.claim(id, one))?.id ?? null))
}

function change(id: number, columns: Readonly<Record<string, number | string | null>>): Promise<unknown> {
  return parts.database.db.updateTable('delivery').set(columns).where('id', '=', id).execute()
}

describe('claims asked for in one turn', () => {
  test('are one statement, and each gets its own row, with its own values, or null', async () => {
    const rows = (await learners(5, 1)).map(([row]) => row as Delivery)
    const ids = [...rows.map(({ id }) => id), 999_999]
    const claimed = await Promise.all(
      ids.map((id, index) =>
        deliveries.claim(
          id,
          request({
            leaseUntil: NOW + index + 1,
            owner: `worker ${index}`,
            messageId: `${index}@"test"`,
            day: index % 2 === 0 ? TODAY : null,
          }),
        ),
      ),
    )
    expect(watched.queries).toHaveLength(1)
    expect(claimed[5]).toBeNull()
    for (const [index, row] of rows.entries()) {
      expect(claimed[index]).toEqual({
        ...row,
        state: 'leased',
        fence: 1,
        attempt: 1,
        leaseUntil: NOW + index + 1,
        firstAttemptAt: NOW,
        messageId: `${index}@"test"`,
      })
      expect(await parts.store.deliveries.byId(row.id)).toEqual(claimed[index])
    }
    const owners = await parts.store.deliveries.owners()
    expect(owners.toSorted()).toEqual([0, 1, 2, 3, 4].map((index) => `worker ${index}`))
  })

  test('are judged each by its own clock and its own day', async () => {
    const rows = (await learners(4, 2)) as readonly [Delivery, Delivery][]
    for (const [first] of rows) await change(first.id, { state: 'sent', first_dot_at: NOW - 5 })
    const [early, due, sentToday, sentBefore] = rows.map(([, second]) => second.id) as [number, number, number, number]
    const later = (day: Window | null) => request({ now: NOW + 1_000, day })
    const given = await claimTogether([
      [early, request({ now: NOW + 999, day: null })],
      [due, later(null)],
      [sentToday, later({ start: NOW - 5, end: NOW + DAY_MS })],
      [sentBefore, later({ start: NOW - 4, end: NOW + DAY_MS })],
    ])
    expect(given).toEqual([null, due, null, sentBefore])
  })

  test.each([
    ['in order', (ids: readonly number[]) => ids],
    ['the other way round', (ids: readonly number[]) => ids.toReversed()],
  ])('for all days of an enrolment, %s, take up the first alone', async (_, order) => {
    const [days] = await learners(1, 3)
    const ids = order((days as readonly Delivery[]).map(({ id }) => id))
    for (const day of [TODAY, null]) {
      const given = await claimTogether(ids.map((id) => [id, request({ now: NOW + DAY_MS / 4, day })]))
      expect(given.filter((id) => id !== null)).toEqual([days?.[0]?.id])
      await change(days?.[0]?.id as number, { state: 'planned' })
    }
  })

  test('of the same row are given to one alone', async () => {
    const [[row]] = (await learners(1, 1)) as [[Delivery]]
    const given = await claimTogether(Array.from({ length: 40 }, () => [row.id, request()]))
    expect(given.filter((id) => id !== null)).toEqual([row.id])
    expect(await parts.store.deliveries.byId(row.id)).toMatchObject({ fence: 1, attempt: 1 })
  })

  test.each([
    ['first', [NOW, NOW - 1, NOW - 1]],
    ['in between', [NOW - 1, NOW, NOW - 1]],
    ['last', [NOW - 1, NOW - 1, NOW]],
  ])('of the same row are given to the one for whom it is due, who asks %s', async (_, clocks) => {
    const [[row]] = (await learners(1, 1)) as [[Delivery]]
    const given = await claimTogether(clocks.map((now) => [row.id, request({ now })]))
    expect(given).toEqual(clocks.map((now) => (now === NOW ? row.id : null)))
    expect(await parts.store.deliveries.byId(row.id)).toMatchObject({ firstAttemptAt: NOW, fence: 1 })
  })

  test('of the copy of one lesson and of the next lesson are both granted: that copy blocks nothing', async () => {
    const [[first, second]] = (await learners(1, 2)) as [[Delivery, Delivery]]
    for (const ids of [
      [first.id, second.id],
      [second.id, first.id],
    ]) {
      await change(first.id, { state: 'unconfirmed', first_dot_at: YESTERDAY, due_at: NOW, resends: 0 })
      await change(second.id, { state: 'planned', lease_until: null })
      expect(await claimTogether(ids.map((id) => [id, request({ now: NOW + 1_000 })]))).toEqual(ids)
      expect((await parts.store.deliveries.byId(first.id))?.resends).toBe(1)
    }
  })

  test('all fail when the database does, and the next turn asks anew', async () => {
    const rows = (await learners(3, 1)).map(([row]) => row as Delivery)
    watched.fault = new Error('the disk is gone')
    const outcomes = await Promise.allSettled(rows.map(({ id }) => deliveries.claim(id, request())))
    expect(outcomes).toEqual(rows.map(() => ({ status: 'rejected', reason: watched.fault })))
    watched.fault = null
    expect(await claimTogether(rows.map(({ id }) => [id, request()]))).toEqual(rows.map(({ id }) => id))
  })

  test('within a transaction are done one after the other, each when it is asked for', async () => {
    const rows = (await learners(3, 1)).map(([row]) => row as Delivery)
    const inside = watchDatabase(parts.file, { isTransactional: true })
    deliveries = createDeliveries(inside.db)
    const claims = claimTogether(rows.map(({ id }) => [id, request()]))
    expect(inside.queries).toHaveLength(3)
    expect(await claims).toEqual(rows.map(({ id }) => id))
    inside.close()
  })
})

const row = fc.record({
  state: fc.constantFrom('planned', 'deferred', 'leased', 'unconfirmed', 'sent', 'failed'),
  due_at: fc.constantFrom(NOW - 10, NOW, NOW + 10, NEVER),
  lease_until: fc.constantFrom(null, NOW - 10, NOW + 10),
  dot_at: fc.constantFrom(null, null, NOW - 20),
  first_dot_at: fc.constantFrom(null, null, YESTERDAY, NOW - 20),
})
const situation = fc.record({
  // Whatever is unconfirmed has had its dot.
  rows: fc.array(
    row.map((one) => (one.state === 'unconfirmed' ? { ...one, first_dot_at: one.first_dot_at ?? YESTERDAY } : one)),
    { minLength: 4, maxLength: 4 },
  ),
  order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }),
  now: fc.array(fc.constantFrom(NOW - 5, NOW, NOW + 10), { minLength: 4, maxLength: 4 }),
  day: fc.constantFrom(TODAY, null),
})

test('together an enrolment gets what it would get one after the other, new lessons before copies', async () => {
  const [days] = (await learners(1, 4)) as [readonly Delivery[]]
  const inside = watchDatabase(parts.file, { isTransactional: true })
  const oneByOne = createDeliveries(inside.db)
  const file = new Sqlite(parts.file)
  const put = file.prepare(
    `update delivery set state = @state, due_at = @due_at, lease_until = @lease_until, dot_at = @dot_at,
       first_dot_at = @first_dot_at, fence = 0, attempt = 0, resends = 0, first_attempt_at = null where id = @id`,
  )
  const read = file.prepare('select * from delivery order by id')
  await fc.assert(
    fc.asyncProperty(situation, async ({ rows, order, now, day }) => {
      const set = () => rows.map((columns, index) => put.run({ ...columns, id: days[index]?.id }))
      const ask = (by: Deliveries, index: number) =>
        by.claim(days[index]?.id as number, request({ now: now[index] as number, day }))

      set()
      await Promise.all(order.map((index) => ask(deliveries, index)))
      const together = read.all()

      set()
      const isCopy = (index: number) => rows[index]?.state === 'unconfirmed'
      for (const index of [...order.filter((at) => !isCopy(at)), ...order.filter(isCopy)]) await ask(oneByOne, index)
      expect(together).toEqual(read.all())
    }),
    { numRuns: 400 },
  )
  file.close()
  inside.close()
})

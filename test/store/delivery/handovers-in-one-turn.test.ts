import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { createDeliveries } from '../../../src/store/delivery/deliveries.ts'
import { type WatchedDatabase, watchDatabase } from '../../support/database/watched-database.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const LEASE = 120_000

let parts: TestStore
let watched: WatchedDatabase

beforeEach(async () => {
  parts = await createTestStore()
  watched = watchDatabase(parts.file)
})
afterEach(async () => {
  watched.close()
  await parts.close()
})

/** Rows that a worker has claimed, each of another learner. */
async function claimed(count: number): Promise<readonly Delivery[]> {
  const rows = []
  for (let number = 0; number < count; number += 1) {
    const { deliveries } = await enrolForTest(parts.store, { now: NOW, days: 1, address: `${number}@example.test` })
    const request = { now: NOW, leaseUntil: NOW + LEASE, owner: 'worker', messageId: 'm@test', day: null }
    rows.push((await parts.store.deliveries.claim(deliveries[0]?.id as number, request)) as Delivery)
  }
  return rows
}

const byId = (id: number) => parts.store.deliveries.byId(id)

describe('handovers asked for in one turn', () => {
  test('are one statement, and each is judged and written with its own values', async () => {
    const [plain, sealed, late, ofOther, stopped] = (await claimed(5)) as [
      Delivery,
      Delivery,
      Delivery,
      Delivery,
      Delivery,
    ]
    await parts.store.suppressions.add(stopped.learnerId, 'complaint', NOW)
    const deliveries = createDeliveries(watched.db)
    const variant = Uint8Array.from({ length: 300 }, (_, index) => index % 256)
    const marked = await Promise.all([
      deliveries.markHandedOver(plain.id, plain.fence, NOW + 1),
      deliveries.markHandedOver(sealed.id, sealed.fence, NOW + 2, variant),
      deliveries.markHandedOver(late.id, late.fence, NOW + LEASE),
      deliveries.markHandedOver(ofOther.id, ofOther.fence + 1, NOW + 3),
      deliveries.markHandedOver(stopped.id, stopped.fence, NOW + 4),
      deliveries.markHandedOver(999_999, 1, NOW + 5),
    ])
    expect(marked).toEqual([true, true, false, false, false, false])
    expect(watched.queries).toHaveLength(1)
    expect(await byId(plain.id)).toEqual({ ...plain, handedOverAt: NOW + 1, firstHandoverAt: NOW + 1 })
    const written = await byId(sealed.id)
    expect(written).toMatchObject({ handedOverAt: NOW + 2, firstHandoverAt: NOW + 2 })
    expect(Uint8Array.from(written?.sealedVariant ?? [])).toEqual(variant)
    for (const row of [late, ofOther, stopped]) expect(await byId(row.id)).toEqual(row)
  })

  test('of the same row are given to one alone', async () => {
    const [row] = (await claimed(1)) as [Delivery]
    const asked = Array.from({ length: 5 }, () => parts.store.deliveries.markHandedOver(row.id, row.fence, NOW + 1))
    expect((await Promise.all(asked)).filter((marked) => marked)).toHaveLength(1)
  })
})

describe('accepted messages recorded together', () => {
  const accepted = (row: Delivery, at: number) => ({ id: row.id, fence: row.fence, reply: `250 ${at}`, at })

  test('are one statement, each with its own values, and those under another fence are left alone', async () => {
    const [one, two, taken] = (await claimed(3)) as [Delivery, Delivery, Delivery]
    const changed = await parts.store.deliveries.settleAccepted([
      accepted(one, NOW + 1),
      accepted(two, NOW + 2),
      { ...accepted(taken, NOW + 3), fence: taken.fence + 1 },
      { ...accepted(taken, NOW + 3), id: 999_999 },
    ])
    expect(changed).toBe(2)
    for (const [row, at] of [[one, NOW + 1] as const, [two, NOW + 2] as const])
      expect(await byId(row.id)).toEqual({ ...row, state: 'sent', settledAt: at, reply: `250 ${at}`, leaseUntil: null })
    expect(await byId(taken.id)).toEqual(taken)
  })

  test('keep at most 500 characters of a reply, whatever it contains', async () => {
    const [row] = (await claimed(1)) as [Delivery]
    const reply = `250 "quoted" \\ ${'ü'.repeat(600)}`
    await parts.store.deliveries.settleAccepted([{ ...accepted(row, NOW), reply }])
    expect((await byId(row.id))?.reply).toBe(reply.slice(0, 500))
  })
})

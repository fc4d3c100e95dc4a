import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const MINUTE = 60_000

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

const replies = () => parts.store.replies

async function person(address = 'mara@example.test') {
  const { learner, deliveries } = await enrolForTest(parts.store, { now: NOW, days: 1, address })
  return { learnerId: learner.id, deliveryId: Number(deliveries[0]?.id) }
}

const reply = (of: Awaited<ReturnType<typeof person>>, digest: string) => ({
  ...of,
  digest,
  sealed: new Uint8Array([1, 2, 3]),
})

test('a reply is stored once, also after it was settled and emptied', async () => {
  const of = await person()
  expect(await replies().add(reply(of, 'a'), NOW)).toBe(true)
  expect(await replies().add(reply(of, 'a'), NOW + 1)).toBe(false)
  const [waiting] = await replies().waiting(10, NOW)
  expect(waiting).toEqual({ ...reply(of, 'a'), id: waiting?.id, receivedAt: NOW, attempts: 0 })
  const id = Number(waiting?.id)
  expect(await replies().settle(id, 'question', NOW)).toBe(true)
  expect(await replies().settle(id, 'limit', NOW)).toBe(false)
  expect(await replies().waiting(10, NOW)).toEqual([])
  expect(await replies().add(reply(of, 'a'), NOW)).toBe(false)
  expect([await replies().isKnown('a'), await replies().isKnown('b')]).toEqual([true, false])
  expect(await replies().countByOutcome()).toEqual({ question: 1 })
  await replies().setOutcome(id, 'unconfirmed')
  expect(await replies().countByOutcome()).toEqual({ unconfirmed: 1 })
})

test('one process claims a reply; the others see it again when its time is up', async () => {
  const of = await person()
  await replies().add(reply(of, 'a'), NOW)
  const [waiting] = await replies().waiting(10, NOW)
  if (waiting === undefined) throw new Error('Nothing waits.')
  expect(await replies().claim(waiting, NOW, NOW + MINUTE)).toBe(true)
  expect(await replies().claim(waiting, NOW, NOW + MINUTE)).toBe(false)
  expect(await replies().waiting(10, NOW)).toEqual([])
  expect(await replies().waiting(10, NOW + MINUTE)).toMatchObject([{ attempts: 1 }])
  await replies().retryAt(waiting.id, NOW + 2 * MINUTE, 0)
  expect(await replies().waiting(10, NOW + MINUTE)).toEqual([])
  expect(await replies().waiting(10, NOW + 2 * MINUTE)).toMatchObject([{ attempts: 0 }])
})

test('replies are counted by learner and in total, forgotten after their time, and erased with their learner', async () => {
  const [mara, ben] = [await person(), await person('ben@example.test')]
  await replies().add(reply(mara, 'a'), NOW - MINUTE)
  await replies().add(reply(mara, 'b'), NOW)
  await replies().add(reply(ben, 'c'), NOW)
  expect(await replies().countOf(mara.learnerId, NOW)).toBe(1)
  expect(await replies().countOf(mara.learnerId, NOW - MINUTE)).toBe(2)
  expect([await replies().countWaiting(10), await replies().countWaiting(2)]).toEqual([3, 2])
  const [first] = await replies().waiting(10, NOW)
  await replies().settle(Number(first?.id), 'automatic', NOW)
  // What waits is never forgotten unread.
  expect(await replies().forget(NOW + MINUTE)).toBe(1)
  expect(await replies().countWaiting(10)).toBe(2)
  await parts.store.learners.erase(mara.learnerId)
  expect(await replies().waiting(10, NOW)).toMatchObject([{ digest: 'c' }])
})

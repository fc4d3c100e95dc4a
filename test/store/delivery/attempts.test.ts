import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { FailedAttempt } from '../../../src/flow/ports/delivery-ports.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
let parts: TestStore
let learners = 0

beforeAll(async () => {
  parts = await createTestStore()
})
afterAll(() => parts?.close())

async function planned() {
  learners += 1
  const { learner, deliveries } = await enrolForTest(parts.store, {
    ...{ now: NOW, days: 2 },
    address: `learner-${learners}@example.test`,
  })
  const [first, second] = deliveries.map(({ id }) => id)
  return { learner, first: first ?? 0, second: second ?? 0 }
}

const attemptOf = (deliveryId: number, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  ...{ deliveryId, at: NOW, outcome: 'deferred', reply: '451 4.3.0 later', nextAt: NOW + 60_000 },
  ...more,
})
const note = (attempt: FailedAttempt) => parts.store.transaction((unit) => unit.attempts.note(attempt))
const numbersOf = async (id: number) => (await parts.store.attempts.ofDelivery(id)).map(({ number }) => number)

test('are numbered for each delivery, and read as they were noted', async () => {
  const { learner, first, second } = await planned()
  await note(attemptOf(first))
  await note(attemptOf(second, { outcome: 'unconfirmed', nextAt: null }))
  await note(attemptOf(first, { at: NOW + 60_000, outcome: 'failed', reply: 'x'.repeat(9_999), nextAt: null }))
  expect(await parts.store.attempts.ofDelivery(first)).toEqual([
    { ...attemptOf(first), number: 1 },
    { ...attemptOf(first, { at: NOW + 60_000, outcome: 'failed', nextAt: null }), number: 2, reply: 'x'.repeat(500) },
  ])
  const all = await parts.store.attempts.ofLearner(learner.id)
  expect(all.map(({ deliveryId, number }) => [deliveryId, number])).toEqual([
    [first, 1],
    [first, 2],
    [second, 1],
  ])
})

test('the first three and the last twenty of a delivery are kept, each under its number', async () => {
  const { first, second } = await planned()
  await note(attemptOf(second))
  for (let index = 0; index < 23; index += 1) await note(attemptOf(first, { nextAt: NOW + index }))
  expect(await numbersOf(first)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1))
  for (let index = 23; index < 40; index += 1) await note(attemptOf(first, { nextAt: NOW + index }))
  expect(await numbersOf(first)).toEqual([1, 2, 3, ...Array.from({ length: 20 }, (_, index) => index + 21)])
  expect(await numbersOf(second)).toEqual([1])
})

test('go with the learner', async () => {
  const { learner, first } = await planned()
  await note(attemptOf(first))
  await parts.store.transaction((unit) => unit.learners.erase(learner.id))
  expect(await numbersOf(first)).toEqual([])
})

test('what two workers say of the same row is kept once', async () => {
  const { first } = await planned()
  const held = attemptOf(first, { outcome: 'warm-up', reply: '' })
  await Promise.all([note(held), note({ ...held, at: NOW + 1 })])
  expect(await numbersOf(first)).toEqual([1])
  await note({ ...held, nextAt: NOW + 90_000 })
  await note(attemptOf(first, { outcome: 'unconfirmed', nextAt: null }))
  await note(attemptOf(first, { outcome: 'unconfirmed', nextAt: null }))
  expect(await numbersOf(first)).toEqual([1, 2, 3, 4])
})

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { PlannedDelivery } from '../../src/flow/ports/delivery-ports.ts'
import type { Store } from '../../src/flow/ports/store-ports.ts'
import type { WakeUp } from '../../src/flow/ports/wake-ups.ts'
import { withWakeUps } from '../../src/flow/with-wake-ups.ts'
import { createStore } from '../../src/store/store.ts'
import { createTestStore, enrolForTest, type TestStore } from '../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const DAYS = 3

let parts: TestStore
let store: Store
let calls: (readonly WakeUp[])[]
let onCall: (deliveries: readonly WakeUp[]) => Promise<void>
let enrolmentId: number
let learnerId: number
/** Of the three lessons there are. */
let lessons: number[]

beforeEach(async () => {
  parts = await createTestStore()
  calls = []
  onCall = async () => {}
  store = withWakeUps(parts.store, {
    async plan(deliveries) {
      calls.push(deliveries)
      await onCall(deliveries)
    },
  })
  const enrolled = await enrolForTest(parts.store, { now: NOW, days: DAYS })
  enrolmentId = enrolled.enrolment.id
  learnerId = enrolled.learner.id
  lessons = enrolled.deliveries.map(({ id }) => id)
})
afterEach(() => parts.close())

const lesson = (day: number, dueAt = NOW): PlannedDelivery => ({
  ...{ learnerId, enrolmentId, day, dueAt },
  kind: 'lesson',
  signUpId: null,
})
const due = (deliveries: readonly WakeUp[] | undefined) => (deliveries ?? []).map(({ id, dueAt }) => [id, dueAt])

describe('a unit of work', () => {
  test('hands everything it planned to the queue in one call', async () => {
    const [first = 0, second = 0] = lessons
    await store.transaction((unit) => unit.deliveries.cancelEnrolment(enrolmentId, NOW))
    await store.transaction(async (unit) => {
      const rows = await unit.deliveries.plan([lesson(4), lesson(5)], NOW)
      expect(rows.map(({ day }) => day)).toEqual([4, 5])
      expect(await unit.deliveries.replan(first, NOW + 1)).toMatchObject({
        id: first,
        state: 'planned',
        dueAt: NOW + 1,
      })
      await unit.deliveries.replan(second, NOW + 2)
      expect(await unit.deliveries.postpone(second, NOW + 3)).toMatchObject({ id: second, dueAt: NOW + 3 })
    })
    expect(calls).toHaveLength(1)
    expect(due(calls[0])).toEqual([
      [expect.any(Number), NOW],
      [expect.any(Number), NOW],
      [first, NOW + 1],
      [second, NOW + 3],
    ])
  })

  test('calls the queue once the rows are committed', async () => {
    const other = parts.openAgain()
    const seen: (number | undefined)[] = []
    onCall = async (deliveries) => {
      for (const { id } of deliveries) seen.push((await createStore(other).deliveries.byId(id))?.dueAt)
    }
    await store.transaction((unit) => unit.deliveries.plan([lesson(4, NOW + 4)], NOW))
    await other.close()
    expect(seen).toEqual([NOW + 4])
  })

  test('does not keep the database while the queue takes its time', async () => {
    const asked = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    onCall = () => {
      asked.resolve()
      return answered.promise
    }
    const slow = store.transaction((unit) => unit.deliveries.plan([lesson(4)], NOW))
    await asked.promise
    expect(await store.transaction((unit) => unit.deliveries.cancelEnrolment(enrolmentId, NOW))).toBe(DAYS + 1)
    answered.resolve()
    await slow
  })

  test('hands over nothing when it is rolled back', async () => {
    const work = store.transaction(async (unit) => {
      await unit.deliveries.plan([lesson(4)], NOW)
      throw new Error('broken by the test')
    })
    await expect(work).rejects.toThrow('broken by the test')
    expect(calls).toEqual([])
    expect(await store.deliveries.ofEnrolment(enrolmentId)).toHaveLength(DAYS)
  })

  test('that begins again hands over what its last run planned', async () => {
    let runs = 0
    const restarting = withWakeUps(
      {
        ...parts.store,
        async transaction(work) {
          await parts.store
            .transaction(async (unit) => {
              await work(unit)
              throw new Error('a conflict')
            })
            .catch(() => {})
          return parts.store.transaction(work)
        },
      },
      { plan: async (deliveries) => void calls.push(deliveries) },
    )
    await restarting.transaction((unit) => {
      runs += 1
      return unit.deliveries.plan([lesson(4, NOW + runs)], NOW)
    })
    expect(calls.map(due)).toEqual([[[expect.any(Number), NOW + 2]]])
  })

  test('keeps apart from another that runs at the same time', async () => {
    const results = await Promise.allSettled([
      store.transaction((unit) => unit.deliveries.plan([lesson(4, NOW + 4)], NOW)),
      store.transaction(async (unit) => {
        await unit.deliveries.plan([lesson(5, NOW + 5)], NOW)
        throw new Error('broken by the test')
      }),
      store.transaction((unit) => unit.deliveries.plan([lesson(6, NOW + 6)], NOW)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(calls.map((call) => call.map(({ dueAt }) => dueAt)).sort()).toEqual([[NOW + 4], [NOW + 6]])
  })

  test('does not call the queue when nothing was planned or moved', async () => {
    const [first = 0] = lessons
    await store.transaction(async (unit) => {
      await unit.deliveries.plan([], NOW)
      // It is there already, it is not cancelled, and there is no such row.
      await unit.deliveries.plan([lesson(1)], NOW)
      expect(await unit.deliveries.replan(first, NOW)).toBeNull()
      expect(await unit.deliveries.postpone(0, NOW)).toBeNull()
    })
    expect(calls).toEqual([])
  })

  test('plans no wake-up for a row that it then presumes sent', async () => {
    await store.transaction(async (unit) => {
      await unit.deliveries.plan([lesson(4, NOW + 60_000), lesson(5, NOW + 180_000)], NOW)
      await unit.deliveries.presumeSent(NOW + 120_000)
    })
    expect(calls.map((call) => call.map(({ dueAt }) => dueAt))).toEqual([[NOW + 180_000]])
  })
})

describe('outside a transaction', () => {
  test('what is planned is handed to the queue at once', async () => {
    const [first = 0] = lessons
    await store.deliveries.plan([lesson(4)], NOW)
    await store.deliveries.cancelEnrolment(enrolmentId, NOW)
    await store.deliveries.replan(first, NOW + 1)
    expect(calls).toHaveLength(2)
    expect(due(calls[1])).toEqual([[first, NOW + 1]])
  })

  test('a row that a worker postpones gets no second wake-up', async () => {
    const [first = 0] = lessons
    expect(await store.deliveries.postpone(first, NOW + 1)).toMatchObject({ dueAt: NOW + 1 })
    expect(calls).toEqual([])
  })
})

import { afterEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.UTC(2026, 4, 1)

let stored: TestStore
afterEach(() => stored.close())

test('a migration of a newer version while this one runs spoils none of its prepared statements', async () => {
  stored = await createTestStore()
  const { store } = stored
  const { deliveries } = await enrolForTest(store, { now: NOW, days: 2 })
  const [first, second] = deliveries.map(({ id }) => id) as [number, number]
  const claim = (id: number) =>
    store.deliveries.claim(id, {
      now: NOW + 5_000,
      leaseUntil: NOW + 60_000,
      owner: 'a worker',
      messageId: `${id}@course.example`,
      day: null,
    })
  const within = (id: number) => store.transaction((unit) => unit.deliveries.byId(id))
  const before = [await store.deliveries.byId(second), await within(second)]
  expect(await claim(first)).toMatchObject({ id: first, state: 'leased' })

  const newer = stored.openAgain()
  await sql`alter table delivery add column of_a_newer_version integer`.execute(newer.db)
  await newer.close()

  expect([await store.deliveries.byId(second), await within(second)]).toEqual(before)
  expect(await store.deliveries.byId(first)).toMatchObject({ state: 'leased' })
  expect(await claim(second)).not.toBeUndefined()
  await Promise.all([store.deliveries.byId(first), store.deliveries.byId(second), within(first), within(second)])
})

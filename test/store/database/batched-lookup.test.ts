import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { batchedLookup } from '../../../src/store/database/batched-lookup.ts'
import { type WatchedDatabase, watchDatabase } from '../../support/database/watched-database.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000

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

const findLearner = batchedLookup('id', (db, ids) =>
  db.selectFrom('learner').select(['id', 'address']).where('id', 'in', ids),
)

async function learners(count: number): Promise<number[]> {
  const made = []
  for (let number = 0; number < count; number += 1)
    made.push((await enrolForTest(parts.store, { now: NOW, days: 1, address: `${number}@example.test` })).learner.id)
  return made
}

test('what is asked in one turn is one query, and everyone gets their own row', async () => {
  const ids = await learners(5)
  const { db, queries } = watched
  const wanted = [...ids, 999_999, ids[0] as number]
  const rows = await Promise.all(wanted.map((id) => findLearner(db, id)))
  expect(queries).toHaveLength(1)
  expect(rows.map((row) => row?.id)).toEqual([...ids, undefined, ids[0]])
  expect(rows[2]?.address).toBe('2@example.test')
})

test('those who go on from one turn together ask their next question together', async () => {
  const ids = await learners(4)
  const { db, queries } = watched
  await Promise.all(
    ids.map(async (id) => {
      await findLearner(db, id)
      await findLearner(db, id)
    }),
  )
  expect(queries).toHaveLength(2)
})

test('one question alone looks for one row, by the same words', async () => {
  const [id] = await learners(2)
  const { db, queries } = watched
  expect((await findLearner(db, id as number))?.address).toBe('0@example.test')
  expect(await findLearner(db, 999_999)).toBeUndefined()
  expect(queries.map(({ parameters }) => parameters)).toEqual([[id], [999_999]])
})

test('within a transaction each question is asked at once', async () => {
  const ids = await learners(3)
  const inside = watchDatabase(parts.file, { isTransactional: true })
  const answers = ids.map((id) => findLearner(inside.db, id))
  expect(inside.queries).toHaveLength(3)
  expect((await Promise.all(answers)).map((row) => row?.id)).toEqual(ids)
  inside.close()
})

test('when the database fails everyone hears it, and the next turn asks anew', async () => {
  const ids = await learners(3)
  const { db } = watched
  watched.fault = new Error('the disk is gone')
  const outcomes = await Promise.allSettled(ids.map((id) => findLearner(db, id)))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  watched.fault = null
  expect((await findLearner(db, ids[1] as number))?.id).toBe(ids[1])
})

test('many rows are found by their key, not by reading the table', async () => {
  const { db, queries } = watched
  await findLearner(db, 1)
  await Promise.all([1, 2, 3].map((id) => findLearner(db, id)))
  expect(queries).toHaveLength(2)
  for (const query of queries)
    expect(watched.planOf(query).filter((step) => step.startsWith('SCAN learner'))).toEqual([])
})

test('a row asked for after its change is the changed one, while others write too', async () => {
  const made = []
  for (let number = 0; number < 20; number += 1)
    made.push(await enrolForTest(parts.store, { now: NOW, days: 1, address: `${number}@example.test` }))
  const hours = await Promise.all(
    made.map(async ({ enrolment }, number) => {
      await parts.store.enrolments.setPreferences(enrolment.id, { hour: number })
      return (await parts.store.enrolments.byId(enrolment.id))?.hour
    }),
  )
  expect(hours).toEqual(made.map((_, number) => number))
})

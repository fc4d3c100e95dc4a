import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { type CompiledQuery, Kysely, type QueryResult, SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import { lookUp } from '../../src/store/look-up.ts'
import { runPreparedBy } from '../../src/store/prepared.ts'
import type { Database } from '../../src/store/schema.ts'
import { createTestStore, enrolForTest, type TestStore } from '../support/test-store.ts'

const NOW = 1_800_000_000_000

let parts: TestStore
let file: Sqlite.Database
/** What was sent to the database, in order. */
let asked: CompiledQuery[]
let fault: Error | null

beforeEach(async () => {
  parts = await createTestStore()
  file = new Sqlite(parts.file)
  asked = []
  fault = null
})
afterEach(async () => {
  file.close()
  await parts.close()
})

/** A handle on the same file that writes down what it is asked. */
function watched(isWithin = false): Kysely<Database> {
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => ({}) as never,
      createIntrospector: () => ({}) as never,
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  const run = async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
    asked.push(query)
    if (fault) throw fault
    return { rows: file.prepare(query.sql).all(query.parameters) as R[] }
  }
  runPreparedBy(db, { run, isWithin })
  return db
}

const findLearner = lookUp('id', (db, ids) => db.selectFrom('learner').select(['id', 'address']).where('id', 'in', ids))

async function learners(count: number): Promise<number[]> {
  const made = []
  for (let number = 0; number < count; number += 1)
    made.push((await enrolForTest(parts.store, { now: NOW, days: 1, address: `${number}@example.test` })).learner.id)
  return made
}

test('what is asked in one turn is one query, and everyone gets their own row', async () => {
  const ids = await learners(5)
  const db = watched()
  const wanted = [...ids, 999_999, ids[0] as number]
  const rows = await Promise.all(wanted.map((id) => findLearner(db, id)))
  expect(asked).toHaveLength(1)
  expect(rows.map((row) => row?.id)).toEqual([...ids, undefined, ids[0]])
  expect(rows[2]?.address).toBe('2@example.test')
})

test('those who go on from one turn together ask their next question together', async () => {
  const ids = await learners(4)
  const db = watched()
  await Promise.all(
    ids.map(async (id) => {
      await findLearner(db, id)
      await findLearner(db, id)
    }),
  )
  expect(asked).toHaveLength(2)
})

test('one question alone looks for one row, by the same words', async () => {
  const [id] = await learners(2)
  const db = watched()
  expect((await findLearner(db, id as number))?.address).toBe('0@example.test')
  expect(await findLearner(db, 999_999)).toBeUndefined()
  expect(asked.map(({ parameters }) => parameters)).toEqual([[id], [999_999]])
})

test('within a transaction each question is asked at once', async () => {
  const ids = await learners(3)
  const db = watched(true)
  const answers = ids.map((id) => findLearner(db, id))
  expect(asked).toHaveLength(3)
  expect((await Promise.all(answers)).map((row) => row?.id)).toEqual(ids)
})

test('when the database fails everyone hears it, and the next turn asks anew', async () => {
  const ids = await learners(3)
  const db = watched()
  fault = new Error('the disk is gone')
  const outcomes = await Promise.allSettled(ids.map((id) => findLearner(db, id)))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  fault = null
  expect((await findLearner(db, ids[1] as number))?.id).toBe(ids[1])
})

test('many rows are found by their key, not by reading the table', async () => {
  await Promise.all([1, 2, 3].map((id) => findLearner(watched(), id)))
  const db = watched()
  await Promise.all([1, 2, 3].map((id) => findLearner(db, id)))
  for (const { sql, parameters } of asked) {
    const steps = file.prepare(`explain query plan ${sql}`).all(parameters) as { detail: string }[]
    expect(steps.map(({ detail }) => detail).filter((detail) => /^SCAN learner/.test(detail))).toEqual([])
  }
  expect(asked).toHaveLength(4)
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

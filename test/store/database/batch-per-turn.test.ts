import { expect, test } from '@jest/globals'
import type { Kysely } from 'kysely'
import { batchPerTurn } from '../../../src/store/database/batch-per-turn.ts'
import { type Engine, setQueryHandle } from '../../../src/store/database/database.ts'
import type { Database } from '../../../src/store/database/schema.ts'
import { postgresEngine } from '../../../src/store/postgres/postgres-engine.ts'
import { sqliteEngine } from '../../../src/store/sqlite/sqlite-engine.ts'

/** A handle whose questions are answered by hand, in order: each with ten times itself. */
function askByHand(engine: Engine) {
  const db = {} as Kysely<Database>
  setQueryHandle(db, { engine, isTransactional: false, run: () => Promise.reject(new Error('There is no database.')) })
  const asked: (readonly number[])[] = []
  const waiting: { answer(): void; fail(): void }[] = []
  const ask = batchPerTurn<number, number>((_, questions) => {
    asked.push(questions)
    return new Promise((resolve, reject) =>
      waiting.push({
        answer: () => resolve((question) => question * 10),
        fail: () => reject(new Error('The server is away.')),
      }),
    )
  })
  return { ask: (question: number) => ask(db, question), asked, waiting }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('with a server, what is asked while a query is under way shares the next one, also after one that failed', async () => {
  const { ask, asked, waiting } = askByHand(postgresEngine)
  const first = [ask(1), ask(2)]
  await turn()
  const second = [ask(3)]
  await turn()
  second.push(ask(4))
  await turn()
  expect(asked).toEqual([[1, 2]])

  waiting[0]?.answer()
  expect(await Promise.all(first)).toEqual([10, 20])
  await turn()
  expect(asked).toEqual([
    [1, 2],
    [3, 4],
  ])
  const third = ask(5)
  waiting[1]?.fail()
  for (const one of second) await expect(one).rejects.toThrow('The server is away.')
  await turn()
  waiting[2]?.answer()
  expect(await third).toBe(50)

  const later = ask(6)
  await turn()
  waiting[3]?.answer()
  expect(await later).toBe(60)
})

test('without one, each turn has its own query', async () => {
  const { ask, asked } = askByHand(sqliteEngine)
  ask(1)
  await turn()
  ask(2)
  await turn()
  expect(asked).toEqual([[1], [2]])
})

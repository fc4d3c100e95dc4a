import { type Compilable, type Expression, type Kysely, sql } from 'kysely'
import { eachOf } from './database.ts'
import { inTurns } from './in-turns.ts'
import { isWithin, type Parameters, prepared } from './prepared.ts'
import type { Database } from './schema.ts'

/** Stands for the keys that are looked up, in `where(key, 'in', keys)`. */
export type Keys = Expression<number>

/**
 * Looks rows up by a number that only one of them has. A hundred deliveries under way ask for a hundred rows in one turn of
 * the event loop, and to begin a query costs more than to find one row more: so what is asked in one turn is one query. The
 * answer is never older than the question. Within a transaction each question is asked at once.
 */
export function lookUp<C extends string, R extends { readonly [key in C]: number }>(
  key: C,
  build: (db: Kysely<Database>, keys: Keys) => Compilable<R>,
): (db: Kysely<Database>, value: number) => Promise<R | undefined> {
  const one = prepared((db, parameter: Parameters<{ value: number }>) =>
    build(db, sql<number>`(${parameter('value')})`),
  )
  const many = prepared((db, parameter: Parameters<{ values: string }>) => build(db, eachOf(parameter('values'))))
  const alone = async (db: Kysely<Database>, value: number) => (await one(db, { value })).rows[0]
  const together = async (db: Kysely<Database>, values: readonly number[]) =>
    new Map((await many(db, { values: JSON.stringify(values) })).rows.map((row) => [row[key] as number, row]))

  const turns = new WeakMap<Kysely<Database>, Turn<R>>()
  return (db, value) => {
    if (isWithin(db)) return alone(db, value)
    let turn = turns.get(db)
    if (turn === undefined) {
      const questions: Turn<R> = []
      turn = questions
      turns.set(db, turn)
      // Once every promise that is settled now has gone on, and asked what it has to ask.
      process.nextTick(() => {
        turns.delete(db)
        answer(
          questions,
          (values) => together(db, values),
          (only) => alone(db, only),
        )
      })
    }
    return new Promise((resolve, reject) => turn.push({ value, resolve, reject }))
  }
}

type Turn<R> = { readonly value: number; resolve(row: R | undefined): void; reject(error: unknown): void }[]

async function answer<R>(
  turn: Turn<R>,
  together: (values: readonly number[]) => Promise<ReadonlyMap<number, R>>,
  alone: (value: number) => Promise<R | undefined>,
): Promise<void> {
  try {
    const [first] = turn
    if (first !== undefined && turn.length === 1) return first.resolve(await alone(first.value))
    const rows = await together(turn.map(({ value }) => value))
    await inTurns(turn, ({ value, resolve }) => resolve(rows.get(value)))
  } catch (error) {
    for (const { reject } of turn) reject(error)
  }
}

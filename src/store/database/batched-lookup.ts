import { type Compilable, type Expression, type Kysely, sql } from 'kysely'
import { batchPerTurn } from './batch-per-turn.ts'
import { engineOf } from './database.ts'
import { prepared, type QueryParameters } from './prepared-queries.ts'
import type { Database } from './schema.ts'

/** Placeholder for the keys to look up, in `where(key, 'in', keys)`. */
export type Keys = Expression<number>

/**
 * Looks up rows by a unique number. All lookups in one turn of the event loop share a query, which runs after the last
 * of them, so a result is never older than its call.
 */
export function batchedLookup<C extends string, R extends { readonly [key in C]: number }>(
  key: C,
  build: (db: Kysely<Database>, keys: Keys) => Compilable<R>,
): (db: Kysely<Database>, value: number) => Promise<R | undefined> {
  const one = prepared((db, parameter: QueryParameters<{ value: number }>) =>
    build(db, sql<number>`(${parameter('value')})`),
  )
  const many = prepared((db, parameter: QueryParameters<{ values: string }>) =>
    build(db, engineOf(db).jsonNumbers(parameter('values'))),
  )
  return batchPerTurn(async (db, values: readonly [number, ...number[]]) => {
    const { rows } =
      values.length === 1 ? await one(db, { value: values[0] }) : await many(db, { values: JSON.stringify(values) })
    const byKey = new Map(rows.map((row) => [row[key] as number, row]))
    return (value) => byKey.get(value)
  })
}

import type { Kysely } from 'kysely'
import { engineOf } from './database.ts'
import { forEachYielding } from './for-each-yielding.ts'
import { isTransactional } from './prepared-queries.ts'
import type { Database } from './schema.ts'

/** Runs one query for all keys. Resolves to a function that finds the result of each, called once per key, in order. */
export type BatchQuery<Q, A> = (db: Kysely<Database>, questions: readonly [Q, ...Q[]]) => Promise<(question: Q) => A>

/**
 * A hundred concurrent deliveries look up a hundred rows in one turn of the event loop, and starting a query costs more
 * than finding one more row, so the lookups of a turn share a query per handle. If it fails, every caller gets the
 * error. Within a transaction each lookup runs immediately. `awaitsIo`: gathers until all I/O that is ready was handled, for
 * questions that follow from it one by one. Where a query is a round trip, the next one also gathers until it is answered.
 */
export function batchPerTurn<Q, A>(
  ask: BatchQuery<Q, A>,
  { awaitsIo = false }: { readonly awaitsIo?: boolean } = {},
): (db: Kysely<Database>, question: Q) => Promise<A> {
  const schedule = awaitsIo ? setImmediate : process.nextTick
  const turns = new WeakMap<Kysely<Database>, Batch<Q, A>>()
  const underWay = new WeakSet<Kysely<Database>>()

  function begin(db: Kysely<Database>, turn: Batch<Q, A>): void {
    turns.set(db, turn)
    // Runs after the pending microtasks, which may add keys of their own.
    if (!underWay.has(db)) schedule(() => end(db, turn))
  }

  function end(db: Kysely<Database>, turn: Batch<Q, A>): void {
    turns.delete(db)
    const { isRemote } = engineOf(db)
    if (isRemote) underWay.add(db)
    answer(turn, (questions) =>
      ask(db, questions).finally(() => {
        if (!isRemote) return
        underWay.delete(db)
        const next = turns.get(db)
        if (next !== undefined) schedule(() => end(db, next))
      }),
    )
  }

  return (db, question) => {
    if (isTransactional(db)) return ask(db, [question]).then((find) => find(question))
    return new Promise((resolve, reject) => {
      const asker = { question, resolve, reject }
      const turn = turns.get(db)
      if (turn === undefined) begin(db, [asker])
      else turn.push(asker)
    })
  }
}

interface PendingQuestion<Q, A> {
  readonly question: Q
  resolve(answer: A): void
  reject(error: unknown): void
}

type Batch<Q, A> = [PendingQuestion<Q, A>, ...PendingQuestion<Q, A>[]]

async function answer<Q, A>(
  turn: Batch<Q, A>,
  ask: (questions: readonly [Q, ...Q[]]) => Promise<(question: Q) => A>,
): Promise<void> {
  try {
    const [first, ...others] = turn
    const find = await ask([first.question, ...others.map(({ question }) => question)])
    await forEachYielding(turn, ({ question, resolve }) => resolve(find(question)))
  } catch (error) {
    for (const { reject } of turn) reject(error)
  }
}

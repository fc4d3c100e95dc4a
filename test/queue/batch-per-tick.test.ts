import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { batchPerTick } from '../../src/queue/batch-per-tick.ts'

/** The batches, in order. */
function recorded() {
  const done: (readonly string[])[] = []
  const ask = batchPerTick<string>(async (all) => {
    await nextTurn()
    done.push(all)
  })
  return { done, ask }
}

test('calls within one turn become one batch, in order, and all callers wait for it', async () => {
  const { done, ask } = recorded()
  const seen = await Promise.all([['a'], ['b', 'c'], ['d']].map((some) => ask(some).then(() => done.length)))
  expect(done).toEqual([['a', 'b', 'c', 'd']])
  expect(seen).toEqual([1, 1, 1])
})

test('callers that continue after the same promise share a turn, however many awaits they have', async () => {
  const { done, ask } = recorded()
  const commit = Promise.withResolvers<void>()
  const writer = async (name: string, awaits: number) => {
    await commit.promise
    for (let left = awaits; left > 0; left -= 1) await null
    await ask([name])
  }
  const writers = [writer('a', 0), writer('b', 50), writer('c', 3)]
  await nextTurn()
  commit.resolve()
  await Promise.all(writers)
  expect(done).toEqual([['a', 'c', 'b']])
})

test('calls made while a batch runs do not wait for it to finish', async () => {
  const slow = Promise.withResolvers<void>()
  const begun: (readonly string[])[] = []
  const ask = batchPerTick<string>((all) => {
    begun.push(all)
    return begun.length === 1 ? slow.promise : Promise.resolve()
  })
  const first = ask(['a'])
  await nextTurn()
  await ask(['b'])
  expect(begun).toEqual([['a'], ['b']])
  slow.resolve()
  await first
})

test('an error reaches every caller of that turn and no later one', async () => {
  let failures = 1
  const ask = batchPerTick<string>(async () => {
    failures -= 1
    if (failures >= 0) throw new Error('no')
  })
  const results = await Promise.allSettled([ask(['a']), ask(['b'])])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(ask(['c'])).resolves.toBeUndefined()
})

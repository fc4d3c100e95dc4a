import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { createRelayPace } from '../../../src/store/sending/relay-pace.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let clock: ManualClock
const databases: OpenDatabase[] = []

beforeEach(async () => {
  folder = await createTempFolder()
  clock = createManualClock()
  const database = openSqlite(join(folder.path, 'test.db'))
  await database.migrate()
  databases.push(database)
})
afterEach(async () => {
  for (const database of databases.splice(0)) await database.close()
  await folder.remove()
})

/** Each with a connection of its own to the same file, as processes have. */
function worker(rate: number) {
  const database = openSqlite(join(folder.path, 'test.db'))
  databases.push(database)
  return createRelayPace(database.db, { rate, clock })
}

/** The moments, ms, of so many messages for a worker that asks as soon as it may. */
async function moments(one: ReturnType<typeof worker>, count: number): Promise<number[]> {
  const inMs = await one.reserve(count)
  return inMs === null ? [] : Array.from({ length: count }, (_, at) => clock.now() + inMs + (at * 1_000) / one.rate)
}

test.each([
  [10, 1],
  [100, 10],
  [14, 1],
  [0.5, 1],
])('%d a second, %i at a time by five workers: in no second more, and none is wasted', async (rate, batch) => {
  const workers = Array.from({ length: 5 }, () => worker(rate))
  const begun: number[] = []
  const lasting = Math.max(5_000, 10_000 / rate)
  for (const end = clock.now() + lasting; clock.now() < end; clock.advance(rate < 5 ? 200 : 25))
    for (const one of workers) begun.push(...(await moments(one, batch)))
  begun.sort((a, b) => a - b)
  for (const [index, at] of begun.entries()) {
    const later = begun[index + Math.ceil(rate)]
    // Integers of microseconds.
    if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual((Math.ceil(rate) * 1_000) / rate - 1)
  }
  expect(begun.length).toBeGreaterThanOrEqual((rate * lasting) / 1_000)
  // What is reserved ahead is bounded.
  expect((begun.at(-1) ?? 0) - clock.now()).toBeLessThan(500 + (2 * batch * 1_000) / rate)
})

test('a pause is not made up for by a burst', async () => {
  const one = worker(10)
  await one.reserve(1)
  clock.advance(60_000)
  expect(await one.reserve(1)).toBe(0)
  expect(await one.reserve(1)).toBe(100)
})

test('a clock that was set back an hour does not stop the mail for an hour', async () => {
  const one = worker(10)
  await one.reserve(1)
  clock.advance(-3_600_000)
  expect(await one.reserve(1)).toBe(0)
  expect(await one.reserve(1)).toBe(100)
})

test('workers that ask at the same instant get moments of their own', async () => {
  const workers = Array.from({ length: 5 }, () => worker(10))
  const times = await Promise.all(workers.map((one) => one.reserve(1)))
  expect(times.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([0, 100, 200, 300, 400])
})

test('a worker that starts again goes on where the rate stood', async () => {
  const one = worker(10)
  for (let count = 0; count < 3; count += 1) await one.reserve(1)
  for (const database of databases.splice(0)) await database.close()
  clock.advance(100)
  expect(await worker(10).reserve(1)).toBe(200)
})

test('nothing is reserved further ahead than half a second', async () => {
  const one = worker(10)
  expect(await one.reserve(7)).toBe(0)
  expect(await one.reserve(1)).toBeNull()
  clock.advance(200)
  expect(await one.reserve(1)).toBe(500)
})

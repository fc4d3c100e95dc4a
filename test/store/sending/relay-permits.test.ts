import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type OpenDatabase, openSqlite } from '../../../src/store/database/database.ts'
import { createRelayPermits } from '../../../src/store/sending/relay-permits.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let clock: ManualClock
const databases: OpenDatabase[] = []
const dead = new Set<string>()

beforeEach(async () => {
  folder = await createTempFolder()
  clock = createManualClock()
  dead.clear()
  const database = openSqlite(join(folder.path, 'test.db'))
  await database.migrate()
  databases.push(database)
})
afterEach(async () => {
  for (const database of databases.splice(0)) await database.close()
  await folder.remove()
})

/** Each with a connection of its own to the same file, as processes have. */
function worker(owner: string, options: { connections?: number; rate?: number | null; now?: () => number } = {}) {
  const database = openSqlite(join(folder.path, 'test.db'))
  databases.push(database)
  return createRelayPermits(database.db, {
    owner,
    connections: options.connections ?? 5,
    rate: options.rate ?? null,
    clock: { now: options.now ?? clock.now },
    isDead: (name) => dead.has(name),
  })
}

describe('connections', () => {
  test('however many ask at once, no more are given than there are', async () => {
    const workers = ['a', 'b', 'c', 'd'].map((name) => worker(name))
    const taken = await Promise.all(workers.map((one) => one.takeConnections(3)))
    expect(taken.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(5)
    const held = await Promise.all(workers.map(async (one) => (await one.keepConnections(0)).held))
    expect(held).toEqual(taken)
  })

  test('those of a worker that is known to have ended are free at once', async () => {
    const [a, b] = [worker('a'), worker('b')]
    expect(await a.takeConnections(5)).toBe(5)
    expect(await b.takeConnections(5)).toBe(0)
    dead.add('a')
    expect(await b.takeConnections(5)).toBe(5)
  })

  test('those of a worker of which nobody knows run out with its lease, and it learns of it when it wakes', async () => {
    const [a, b] = [worker('a'), worker('b')]
    expect(await a.takeConnections(4)).toBe(4)
    clock.advance(a.leaseMs - 1)
    expect(await b.takeConnections(5)).toBe(1)
    clock.advance(1)
    expect(await b.takeConnections(2)).toBe(3)
    expect((await a.keepConnections(0)).held).toBe(2)
    expect(await b.takeConnections(2)).toBe(3)
  })

  test('what ran out and nobody took is still its own', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.takeConnections(5)
    clock.advance(10 * a.leaseMs)
    expect((await a.keepConnections(0)).held).toBe(5)
    expect(await b.takeConnections(1)).toBe(0)
  })

  test('a worker that is alive keeps them for as long as it likes', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.takeConnections(5)
    for (let look = 0; look < 30; look += 1) {
      clock.advance(4_000)
      expect((await a.keepConnections(0)).held).toBe(5)
      if (look % 5 === 0) expect(await b.takeConnections(1)).toBe(0)
    }
  })

  test('who has more than a fair share owes it to who has less, and gets it back when the other leaves', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.takeConnections(5)
    expect(await b.takeConnections(5)).toBe(0)
    expect(await a.keepConnections(0)).toEqual({ held: 5, owed: 2 })
    await a.giveConnections(2)
    // It wants them back at once, and is not in its turn.
    expect(await a.takeConnections(2)).toBe(3)
    expect(await b.takeConnections(5)).toBe(2)
    expect((await a.keepConnections(0)).owed).toBe(0)
    expect((await b.keepConnections(0)).owed).toBe(0)
    await b.leave()
    expect(await a.takeConnections(2)).toBe(5)
  })

  test('idle ones are owed to whoever wants them', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.takeConnections(5)
    await b.takeConnections(4)
    expect(await a.keepConnections(5)).toEqual({ held: 5, owed: 4 })
  })

  test('a wish is forgotten when it is taken back, when it is old and when its worker has ended', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.takeConnections(5)
    const owed = async () => (await a.keepConnections(0)).owed
    await b.takeConnections(2)
    expect(await owed()).toBe(2)
    expect(await b.takeConnections(0)).toBe(0)
    expect(await owed()).toBe(0)
    await b.takeConnections(2)
    dead.add('b')
    expect(await owed()).toBe(0)
    dead.clear()
    expect(await owed()).toBe(2)
    clock.advance(3_001)
    expect(await owed()).toBe(0)
  })

  test('a smaller limit holds for whoever knows of it', async () => {
    const [a, b] = [worker('a', { connections: 5 }), worker('b', { connections: 3 })]
    await a.takeConnections(5)
    expect(await b.takeConnections(5)).toBe(0)
    await a.giveConnections(3)
    expect(await b.takeConnections(5)).toBe(1)
  })
})

describe('messages', () => {
  /** The moments, ms, of so many messages for a worker that asks as soon as it may. */
  const moments = async (one: ReturnType<typeof worker>, rate: number, count: number) => {
    const { count: got, inMs } = await one.reserveMessages(count)
    return got === null ? [] : Array.from({ length: got }, (_, at) => clock.now() + inMs + (at * 1_000) / rate)
  }

  test.each([
    [10, 1],
    [100, 10],
    [14, 1],
    [0.5, 1],
  ])('%d a second, %i at a time by five workers: in no second more, and none is wasted', async (rate, batch) => {
    const workers = ['a', 'b', 'c', 'd', 'e'].map((name) => worker(name, { rate }))
    const begun: number[] = []
    const lasting = Math.max(5_000, 10_000 / rate)
    for (const end = clock.now() + lasting; clock.now() < end; clock.advance(rate < 5 ? 200 : 25))
      for (const one of workers) begun.push(...(await moments(one, rate, batch)))
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
    const one = worker('a', { rate: 10 })
    await one.reserveMessages(1)
    clock.advance(60_000)
    expect(await one.reserveMessages(1)).toEqual({ count: 1, inMs: 0 })
    expect(await one.reserveMessages(1)).toEqual({ count: 1, inMs: 100 })
  })

  test('a clock that was set back an hour does not stop the mail for an hour', async () => {
    const one = worker('a', { rate: 10 })
    await one.reserveMessages(1)
    clock.advance(-3_600_000)
    expect(await one.reserveMessages(1)).toEqual({ count: 1, inMs: 0 })
    expect(await one.reserveMessages(1)).toEqual({ count: 1, inMs: 100 })
  })
})

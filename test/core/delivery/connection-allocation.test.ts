import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Division,
  type Holding,
  mayTake,
  mustGive,
  TURN_MS,
  type Wish,
} from '../../../src/core/delivery/connection-allocation.ts'

const owners = ['a', 'b', 'c', 'd', 'e']
const holding: fc.Arbitrary<Holding> = fc.record({ owner: fc.constantFrom(...owners), since: fc.nat(5_000) })
const wishes: fc.Arbitrary<Wish[]> = fc.uniqueArray(
  fc.record({ owner: fc.constantFrom(...owners), wanted: fc.integer({ min: 1, max: 20 }), since: fc.nat(5_000) }),
  { selector: (wish) => wish.owner },
)
const division: fc.Arbitrary<Division> = fc
  .record({ holdings: fc.array(holding, { maxLength: 12 }), spare: fc.nat(6), wishes })
  .map(({ holdings, spare, wishes }) => ({ limit: Math.max(1, holdings.length + spare), holdings, wishes }))

describe('whoever holds and wants what', () => {
  test('nobody may take more than is free, or than they want', () => {
    fc.assert(
      fc.property(division, fc.constantFrom(...owners), fc.nat(20), (all, owner, wanted) => {
        const may = mayTake(all, { owner, wanted, since: 0 })
        expect(may).toBeGreaterThanOrEqual(0)
        expect(may).toBeLessThanOrEqual(Math.min(wanted, all.limit - all.holdings.length))
      }),
    )
  })

  test('nobody must give more than they have, and nothing while nobody else wants any', () => {
    fc.assert(
      fc.property(division, fc.constantFrom(...owners), fc.nat(6), (all, owner, idle) => {
        const must = mustGive(all, { owner, idle, now: 10_000 })
        expect(must).toBeGreaterThanOrEqual(0)
        expect(must).toBeLessThanOrEqual(all.holdings.filter((one) => one.owner === owner).length)
        const others = all.wishes.filter((wish) => wish.owner !== owner)
        if (others.length === 0) expect(must).toBe(0)
      }),
    )
  })

  test('where connections are free, whoever stands first in line gets one', () => {
    fc.assert(
      fc.property(division, (all) => {
        if (all.limit === all.holdings.length || all.wishes.length === 0) return
        expect(Math.max(...all.wishes.map((wish) => mayTake(all, wish)))).toBeGreaterThan(0)
      }),
    )
  })
})

/** Plays what the workers do, each in its turn, and says how many steps each was without a connection at a stretch. */
function play(limit: number, workers: readonly string[], steps: number) {
  let holdings: Holding[] = []
  const wishes = new Map<string, Wish>()
  const hungry = new Map(workers.map((name) => [name, 0]))
  let longest = 0
  for (let step = 0; step < steps; step += 1) {
    const now = step * 100
    for (const owner of workers) {
      const give = mustGive({ limit, holdings, wishes: [...wishes.values()] }, { owner, idle: 0, now })
      for (let count = 0; count < give; count += 1) {
        const mine = holdings.filter((one) => one.owner === owner).toSorted((x, y) => x.since - y.since)[0]
        holdings = holdings.filter((one) => one !== mine)
      }
      const wish = wishes.get(owner) ?? { owner, wanted: limit, since: now }
      const took = mayTake({ limit, holdings, wishes: [...wishes.values()] }, wish)
      for (let count = 0; count < took; count += 1) holdings.push({ owner, since: now })
      // Each always wants all it can get.
      wishes.set(owner, took > 0 ? { owner, wanted: limit, since: now } : wish)
      expect(holdings.length).toBeLessThanOrEqual(limit)
    }
    for (const owner of workers) {
      const has = holdings.some((one) => one.owner === owner)
      hungry.set(owner, has ? 0 : (hungry.get(owner) ?? 0) + 1)
      if (step > 2) longest = Math.max(longest, hungry.get(owner) ?? 0)
    }
  }
  return { counts: workers.map((owner) => holdings.filter((one) => one.owner === owner).length), longest }
}

describe('workers that want all they can get', () => {
  test.each([
    [5, ['a'], [5]],
    [10, ['a', 'b'], [5, 5]],
    [5, ['a', 'b'], [3, 2]],
    [20, ['a', 'b', 'c'], [8, 6, 6]],
    [4, ['a', 'b', 'c', 'd'], [1, 1, 1, 1]],
  ])('share %i among %j: nobody has less than the fair share', (limit, workers, expected) => {
    expect(play(limit, workers, 40).counts.toSorted((x, y) => y - x)).toEqual(expected)
  })

  test.each([
    [1, ['a', 'b']],
    [1, ['a', 'b', 'c', 'd']],
    [2, ['a', 'b', 'c', 'd', 'e']],
  ])('take turns where %i must do for %j', (limit, workers) => {
    const turn = TURN_MS / 100 + 2
    expect(play(limit, workers, 400).longest).toBeLessThanOrEqual(Math.ceil(workers.length / limit) * turn)
  })
})

test('connections that are not in use go to whoever can use them, beyond any share', () => {
  const holdings = Array.from({ length: 4 }, () => ({ owner: 'a', since: 0 }))
  const wishes = [{ owner: 'b', wanted: 3, since: 0 }]
  expect(mustGive({ limit: 4, holdings, wishes }, { owner: 'a', idle: 4, now: 0 })).toBe(3)
  expect(mustGive({ limit: 4, holdings, wishes }, { owner: 'a', idle: 0, now: 0 })).toBe(2)
  expect(mustGive({ limit: 7, holdings, wishes }, { owner: 'a', idle: 4, now: 0 })).toBe(0)
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Allocation,
  connectionsToRelease,
  connectionsToTake,
  type Demand,
  type HeldConnection,
  TURN_MS,
} from '../../../src/core/delivery/connection-allocation.ts'

const owners = ['a', 'b', 'c', 'd', 'e']
const holding: fc.Arbitrary<HeldConnection> = fc.record({ owner: fc.constantFrom(...owners), since: fc.nat(5_000) })
const demands: fc.Arbitrary<Demand[]> = fc.uniqueArray(
  fc.record({ owner: fc.constantFrom(...owners), wanted: fc.integer({ min: 1, max: 20 }), since: fc.nat(5_000) }),
  { selector: (wish) => wish.owner },
)
const division: fc.Arbitrary<Allocation> = fc
  .record({ holdings: fc.array(holding, { maxLength: 12 }), spare: fc.nat(6), demands })
  .map(({ holdings, spare, demands }) => ({ limit: Math.max(1, holdings.length + spare), holdings, demands }))

describe('whoever holds and wants what', () => {
  test('nobody may take more than is free, or than they want', () => {
    fc.assert(
      fc.property(division, fc.constantFrom(...owners), fc.nat(20), (all, owner, wanted) => {
        const may = connectionsToTake(all, { owner, wanted, since: 0 })
        expect(may).toBeGreaterThanOrEqual(0)
        expect(may).toBeLessThanOrEqual(Math.min(wanted, all.limit - all.holdings.length))
      }),
    )
  })

  test('nobody must give more than they have, and nothing while nobody else wants any', () => {
    fc.assert(
      fc.property(division, fc.constantFrom(...owners), fc.nat(6), (all, owner, idle) => {
        const must = connectionsToRelease(all, { owner, idle, now: 10_000 })
        expect(must).toBeGreaterThanOrEqual(0)
        expect(must).toBeLessThanOrEqual(all.holdings.filter((one) => one.owner === owner).length)
        const others = all.demands.filter((wish) => wish.owner !== owner)
        if (others.length === 0) expect(must).toBe(0)
      }),
    )
  })

  test('where connections are free, whoever stands first in line gets one', () => {
    fc.assert(
      fc.property(division, (all) => {
        if (all.limit === all.holdings.length || all.demands.length === 0) return
        expect(Math.max(...all.demands.map((wish) => connectionsToTake(all, wish)))).toBeGreaterThan(0)
      }),
    )
  })
})

/** Plays what the workers do, each in its turn, and says how many steps each was without a connection at a stretch. */
function play(limit: number, workers: readonly string[], steps: number) {
  let holdings: HeldConnection[] = []
  const demands = new Map<string, Demand>()
  const hungry = new Map(workers.map((name) => [name, 0]))
  let longest = 0
  for (let step = 0; step < steps; step += 1) {
    const now = step * 100
    for (const owner of workers) {
      const give = connectionsToRelease({ limit, holdings, demands: [...demands.values()] }, { owner, idle: 0, now })
      for (let count = 0; count < give; count += 1) {
        const mine = holdings.filter((one) => one.owner === owner).toSorted((x, y) => x.since - y.since)[0]
        holdings = holdings.filter((one) => one !== mine)
      }
      const wish = demands.get(owner) ?? { owner, wanted: limit, since: now }
      const took = connectionsToTake({ limit, holdings, demands: [...demands.values()] }, wish)
      for (let count = 0; count < took; count += 1) holdings.push({ owner, since: now })
      // Each always wants all it can get.
      demands.set(owner, took > 0 ? { owner, wanted: limit, since: now } : wish)
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
  const demands = [{ owner: 'b', wanted: 3, since: 0 }]
  expect(connectionsToRelease({ limit: 4, holdings, demands }, { owner: 'a', idle: 4, now: 0 })).toBe(3)
  expect(connectionsToRelease({ limit: 4, holdings, demands }, { owner: 'a', idle: 0, now: 0 })).toBe(2)
  expect(connectionsToRelease({ limit: 7, holdings, demands }, { owner: 'a', idle: 4, now: 0 })).toBe(0)
})

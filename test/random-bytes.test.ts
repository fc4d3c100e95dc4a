import { randomFillSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createRandomBytes } from '../src/random-bytes.ts'

/** A source that never gives the same four bytes twice, so that bytes handed out twice are seen. */
function counting() {
  let count = 0
  const pools = new Set<Uint8Array>()
  return {
    pools,
    fill(pool: Uint8Array) {
      pools.add(pool)
      const view = new DataView(pool.buffer, pool.byteOffset, pool.byteLength)
      for (let at = 0; at < pool.length; at += 4) {
        count += 1
        view.setUint32(at, count)
      }
    },
  }
}

describe('random bytes', () => {
  test('are as many as were asked for, and none is handed out twice', () => {
    const sizes = fc.array(
      fc.integer({ min: 1, max: 1_024 }).map((words) => 4 * words),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(sizes, (asked) => {
        const randomBytes = createRandomBytes(counting().fill)
        const seen = new Set<string>()
        let words = 0
        for (const size of asked) {
          const bytes = Buffer.from(randomBytes(size))
          expect(bytes).toHaveLength(size)
          for (let at = 0; at < size; at += 4) seen.add(bytes.toString('hex', at, at + 4))
          words += size / 4
        }
        expect(seen.size).toBe(words)
      }),
    )
  })

  test('are wiped where they came from, and belong to whoever asked', () => {
    const source = counting()
    const randomBytes = createRandomBytes(source.fill)
    const first = randomBytes(32)
    const [pool] = source.pools
    const kept = Uint8Array.from(first)
    expect(pool?.slice(0, 32)).toEqual(new Uint8Array(32))
    expect(pool?.slice(32).every((byte) => byte === 0)).toBe(false)

    randomBytes(32).fill(1)
    expect(pool?.slice(0, 64)).toEqual(new Uint8Array(64))
    for (let more = 0; more < 1_000; more += 1) randomBytes(12)
    expect(first).toEqual(kept)
    // Nothing else of the pool can be reached through them.
    expect(first.buffer.byteLength).toBe(32)
  })

  test('are those of Node, unless told otherwise', () => {
    let filled = 0
    const watched = createRandomBytes((pool) => {
      filled += 1
      randomFillSync(pool)
    })
    for (let asked = 0; asked < 128; asked += 1) watched(32)
    expect(filled).toBe(1)
    const randomBytes = createRandomBytes()
    const seen = new Set(Array.from({ length: 1_000 }, () => Buffer.from(randomBytes(16)).toString('hex')))
    expect(seen.size).toBe(1_000)
  })

  test('of a size that the pool does not hold come from Node and leave it alone', () => {
    const source = counting()
    const randomBytes = createRandomBytes(source.fill)
    expect(randomBytes(4_097)).toHaveLength(4_097)
    expect(source.pools.size).toBe(0)
    expect(randomBytes(4_096)).toHaveLength(4_096)
    expect(randomBytes(0)).toHaveLength(0)
  })

  test.each([-1, Number.NaN])('are refused for a size of %p', (size) => {
    expect(() => createRandomBytes()(size)).toThrow('out of range')
  })
})

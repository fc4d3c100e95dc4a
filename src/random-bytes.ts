import { randomBytes, randomFillSync } from 'node:crypto'

const POOL_BYTES = 4_096

/**
 * Unpredictable bytes from Node's own source, which costs ten times as much to ask for a few as to copy them: many are
 * asked for at a time. What was handed out is wiped here and never comes again. Whoever could read what waits in the pool
 * could read the keys beside it in memory as well. More than the pool holds comes from Node directly; so does its
 * RangeError for what is no size. `fill` overwrites all it is given.
 */
export function createRandomBytes(fill: (pool: Uint8Array) => void = randomFillSync): (size: number) => Uint8Array {
  const pool = new Uint8Array(POOL_BYTES)
  let next = POOL_BYTES
  return (size) => {
    if (!Number.isInteger(size) || size < 0 || size > POOL_BYTES) return randomBytes(size)
    if (next + size > POOL_BYTES) {
      fill(pool)
      next = 0
    }
    const end = next + size
    const bytes = pool.slice(next, end)
    pool.fill(0, next, end)
    next = end
    return bytes
  }
}

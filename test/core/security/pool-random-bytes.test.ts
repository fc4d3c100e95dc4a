import { describe, expect, test } from '@jest/globals'
import { poolRandomBytes } from '../../../src/core/security/pool-random-bytes.ts'

/** Numbers that never repeat within 65,536 bytes, two bytes each, and the sizes that were asked for. */
function countingSource() {
  const sizes: number[] = []
  let next = 0
  const source = (size: number) => {
    sizes.push(size)
    const bytes = new Uint8Array(size)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at + 1 < size; at += 2) view.setUint16(at, next++)
    return bytes
  }
  return { source, sizes }
}

describe('random bytes from a pool', () => {
  test('ask for a new block only when the old one is used up, and give no byte twice', () => {
    const { source, sizes } = countingSource()
    const random = poolRandomBytes(source)
    const pieces = Array.from({ length: 1_000 }, () => Buffer.from(random(12)).toString('hex'))
    expect(sizes).toEqual([4096, 4096, 4096])
    const numbers = pieces.flatMap((piece) => piece.match(/.{4}/g) ?? [])
    expect(numbers).toHaveLength(6_000)
    expect(new Set(numbers).size).toBe(6_000)
  })

  test('are passed through where a key is asked for', () => {
    const { source, sizes } = countingSource()
    expect(poolRandomBytes(source)(32)).toHaveLength(32)
    expect(sizes).toEqual([32])
  })
})

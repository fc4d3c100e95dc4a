import { describe, expect, test } from '@jest/globals'
import { retryAt } from '../../../src/core/delivery/retry.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const first = 1_800_000_000_000

describe('the next attempt', () => {
  test.each([
    [1, MINUTE],
    [2, 5 * MINUTE],
    [3, 15 * MINUTE],
    [4, HOUR],
    [5, 4 * HOUR],
    [9, 4 * HOUR],
  ])('after attempt %d comes %d ms later, with up to a fifth more as jitter', (attempt, wait) => {
    const now = first + HOUR
    expect(retryAt(attempt, first, now, () => 0)).toBe(now + wait)
    expect(retryAt(attempt, first, now, () => 0.999_999)).toBeLessThanOrEqual(now + wait * 1.2)
    expect(retryAt(attempt, first, now, () => 0.5)).toBe(now + wait * 1.1)
  })

  test('comes no later than 24 hours after the first, and is the last', () => {
    const end = first + 24 * HOUR
    expect(retryAt(9, first, end - HOUR, () => 0)).toBe(end)
    expect(retryAt(9, first, end - 1, () => 0)).toBe(end)
    expect(retryAt(9, first, end, () => 0)).toBeNull()
    expect(retryAt(1, first, end + HOUR, () => 0)).toBeNull()
  })

  test('ends a message that is always deferred after a dozen attempts', () => {
    let now = first
    let attempts = 1
    for (let next = retryAt(1, first, now, () => 0); next !== null; next = retryAt(attempts, first, now, () => 0)) {
      now = next
      attempts += 1
    }
    expect([attempts, now]).toEqual([11, first + 24 * HOUR])
  })
})

import { describe, expect, test } from '@jest/globals'
import { parseDuration } from '../../../src/core/text/duration.ts'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['20s', 20_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['14d', 1_209_600_000],
    [' 20s ', 20_000],
  ])('reads %s as %d ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  test.each(['', '20', 's', '0s', '-5m', '1.5h', '20 s', '5M', '1w', '999999999999d', '5m5s'])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeNull()
    },
  )
})

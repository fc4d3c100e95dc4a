import { describe, expect, test } from '@jest/globals'
import { addressKey, deriveKeys } from '../../../src/core/security/keys.ts'

const keys = deriveKeys('a secret for the tests, long enough')

describe('derived keys', () => {
  test('are the same for the same secret and all different from each other', () => {
    const again = deriveKeys('a secret for the tests, long enough')
    const other = deriveKeys('a secret for the tests, long enougH')
    const all = [keys, other].flatMap((one) => [
      one.of('lesson'),
      one.of('stop'),
      one.of('erase'),
      one.of('read'),
      one.wrapping,
      one.addresses,
      one.confirmTokens,
    ])
    expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).toBe(14)
    expect(all.every((key) => key.length === 32)).toBe(true)
    expect(again.of('stop')).toEqual(keys.of('stop'))
  })

  test('are not made from an empty secret', () => {
    expect(() => deriveKeys('')).toThrow(RangeError)
  })
})

describe('the key of an address', () => {
  test.each([
    ['Ada@Example.org', 'ada@example.org'],
    [' ada@example.org ', 'ada@example.org'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['zoe\u0308@example.org', 'zo\u00eb@example.org'],
  ])('is the same for %s and %s', (one, other) => {
    expect(addressKey(keys, one)).toBe(addressKey(keys, other))
  })

  test('differs between people, and between secrets', () => {
    const key = addressKey(keys, 'ada@example.org')
    expect(key).not.toBe(addressKey(keys, 'ada+course@example.org'))
    expect(key).not.toBe(addressKey(keys, 'ada@example.com'))
    expect(key).not.toBe(addressKey(deriveKeys('another secret'), 'ada@example.org'))
  })

  test('does not reveal the address', () => {
    expect(addressKey(keys, 'ada@example.org')).toMatch(/^[\w-]{43}$/)
  })
})

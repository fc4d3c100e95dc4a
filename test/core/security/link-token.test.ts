import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { readLink, signLink } from '../../../src/core/security/link-token.ts'

const keys = deriveKeys('a secret for the tests, long enough')
const numbers = fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { maxLength: 5 })

describe('a signed link', () => {
  test('contains the numbers it was made of', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom('lesson', 'stop', 'view'), (given, purpose) => {
        expect(readLink(keys, purpose, signLink(keys, purpose, given))).toEqual(given)
      }),
    )
  })

  test('is short and safe in a URL', () => {
    expect(signLink(keys, 'lesson', [123_456, 7])).toMatch(/^[\w-]{28}$/)
  })

  test('is deterministic, so that a resent email is identical', () => {
    expect(signLink(keys, 'stop', [42])).toBe(signLink(keys, 'stop', [42]))
  })

  test('opens nothing for another purpose or under another secret', () => {
    const token = signLink(keys, 'lesson', [42, 1])
    expect(readLink(keys, 'stop', token)).toBeNull()
    expect(readLink(keys, 'view', token)).toBeNull()
    expect(readLink(keys, 'read', token, 0)).toBeNull()
    expect(readLink(deriveKeys('another secret, long enough too'), 'lesson', token)).toBeNull()
  })

  test('is rejected when any character is changed, removed or added', () => {
    const token = signLink(keys, 'lesson', [42, 1])
    for (let index = 0; index < token.length; index += 1) {
      for (const other of ['A', 'b', '_', '']) {
        if (other === token[index]) continue
        expect(readLink(keys, 'lesson', token.slice(0, index) + other + token.slice(index + 1))).toBeNull()
      }
    }
    for (const more of ['A', '=', '.', ' ']) expect(readLink(keys, 'lesson', token + more)).toBeNull()
  })

  test('is rejected without an error when it is any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => readLink(keys, 'stop', text) === null),
    )
  })

  test('expires at its expiry time if it has one', () => {
    const token = signLink(keys, 'read', [42], 1_800_000_000_000)
    expect(readLink(keys, 'read', token, 1_799_999_999_999)).toEqual([42])
    expect(readLink(keys, 'read', token, 1_800_000_000_000)).toBeNull()
    expect(readLink(keys, 'read', token)).toBeNull()
  })

  test('for reading back cannot be made without an expiry', () => {
    expect(() => signLink(keys, 'read', [42])).toThrow(RangeError)
  })

  test.each([[-1], [1.5], [Number.NaN], [2 ** 53]])('cannot be made of %d', (number) => {
    expect(() => signLink(keys, 'lesson', [number])).toThrow(RangeError)
  })
})

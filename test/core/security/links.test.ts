import { describe, expect, test } from '@jest/globals'
import { paths } from '../../../src/core/paths.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { signLink } from '../../../src/core/security/link-token.ts'
import { LINKS, makeLink } from '../../../src/core/security/links.ts'

const keys = deriveKeys('a secret for the tests, long enough')
const END = 1_800_000_000_000

describe('a link', () => {
  // Tokens that were sent lie in inboxes: what is signed stays the same.
  test('of each kind is signed for its purpose, with its numbers in their order', () => {
    const enrolmentId = 42
    expect(LINKS.lesson.make(keys, { enrolmentId, day: 3 })).toBe(signLink(keys, 'lesson', [42, 3]))
    expect(LINKS.stop.make(keys, { enrolmentId })).toBe(signLink(keys, 'stop', [42]))
    expect(LINKS['stop-check-ins'].make(keys, { enrolmentId })).toBe(signLink(keys, 'stop', [42, 1]))
    expect(LINKS.decline.make(keys, { signUpId: 7 })).toBe(signLink(keys, 'stop', [0, 7]))
    expect(LINKS.read.make(keys, { enrolmentId, deliveryId: 9 }, END)).toBe(signLink(keys, 'read', [42, 9], END))
    expect(LINKS.erase.make(keys, { enrolmentId, deliveryId: 9 }, END)).toBe(signLink(keys, 'erase', [42, 9], END))
    expect(LINKS.view.make(keys, { deliveryId: 9, emailNumber: 0 })).toBe(signLink(keys, 'view', [9, 0]))
    expect(LINKS.view.make(keys, { deliveryId: 9, emailNumber: 5, endsAt: END })).toBe(
      signLink(keys, 'view', [9, 5, END]),
    )
  })

  test('is read as what it was made from', () => {
    expect(LINKS.lesson.read(keys, signLink(keys, 'lesson', [42, 3]))).toEqual({ enrolmentId: 42, day: 3 })
    expect(LINKS.decline.read(keys, signLink(keys, 'stop', [0, 7]))).toEqual({ signUpId: 7 })
    expect(LINKS.view.read(keys, signLink(keys, 'view', [9, 0]))).toEqual({ deliveryId: 9, emailNumber: 0 })
    expect(LINKS.view.read(keys, signLink(keys, 'view', [9, 5, END]))).toEqual({
      deliveryId: 9,
      emailNumber: 5,
      endsAt: END,
    })
    const reading = signLink(keys, 'read', [42, 9], END)
    expect(LINKS.read.read(keys, reading, END - 1)).toEqual({ enrolmentId: 42, deliveryId: 9 })
    expect(LINKS.read.read(keys, reading, END)).toBeNull()
  })

  test.each([
    ['of another purpose', signLink(keys, 'lesson', [42])],
    ['with a number too few', signLink(keys, 'stop', [])],
    ['with a number too many', signLink(keys, 'stop', [42, 1])],
  ])('%s is no stop link', (_, token) => expect(LINKS.stop.read(keys, token)).toBeNull())

  test('with another number in the place of a fixed one is no link of the kind', () => {
    expect(LINKS['stop-check-ins'].read(keys, signLink(keys, 'stop', [42, 2]))).toBeNull()
    expect(LINKS.decline.read(keys, signLink(keys, 'stop', [42, 1]))).toBeNull()
  })

  test('that must have an end is not made without one', () => {
    expect(() => LINKS.erase.make(keys, { enrolmentId: 42, deliveryId: 9 })).toThrow(RangeError)
  })

  test('leads to the path of its kind', () => {
    const { path, token } = makeLink(keys, 'stop-check-ins', { enrolmentId: 42 })
    expect(path).toBe(paths.stop(token))
  })
})

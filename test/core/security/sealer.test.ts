import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { AppError } from '../../../src/core/errors.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { createSealer } from '../../../src/core/security/sealer.ts'

const sealer = createSealer(deriveKeys('a secret for the tests').wrapping, randomBytes)
const key = sealer.newDataKey(7)
/** As the database gives it back: the sealer knows only the object that it made itself. */
const storedKey = Uint8Array.from(key)

function code(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
  return 'opened'
}

describe.each([
  ['just made', key],
  ['read from the database', storedKey],
])('a text sealed with a key that was %s', (_, key) => {
  test('decrypts to the original, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (plain) => {
        expect(
          sealer.open(key, 7, 'enrolment 3 day 2 letter', sealer.seal(key, 7, 'enrolment 3 day 2 letter', plain)),
        ).toBe(plain)
      }),
    )
  })

  test('reveals nothing of its text and is never the same twice', () => {
    const one = sealer.seal(key, 7, 'a', 'canary canary canary')
    expect(Buffer.from(one).includes('canary')).toBe(false)
    expect(Buffer.from(one).equals(Buffer.from(sealer.seal(key, 7, 'a', 'canary canary canary')))).toBe(false)
  })

  test('cannot be decrypted for another record, another learner or with another key', () => {
    const sealed = sealer.seal(key, 7, 'enrolment 3 day 2 letter', 'mine')
    expect(code(() => sealer.open(key, 7, 'enrolment 3 day 3 letter', sealed))).toBe('misconfigured')
    expect(code(() => sealer.open(key, 8, 'enrolment 3 day 2 letter', sealed))).toBe('misconfigured')
    expect(code(() => sealer.open(sealer.newDataKey(7), 7, 'enrolment 3 day 2 letter', sealed))).toBe('misconfigured')
    const stranger = createSealer(deriveKeys('another secret').wrapping, randomBytes)
    expect(code(() => stranger.open(key, 7, 'enrolment 3 day 2 letter', sealed))).toBe('misconfigured')
  })

  test('cannot be decrypted when any byte is changed or missing', () => {
    const sealed = sealer.seal(key, 7, 'a', 'mine')
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed)
      changed[index] = (changed[index] as number) ^ 1
      expect(code(() => sealer.open(key, 7, 'a', changed))).toBe('misconfigured')
      expect(code(() => sealer.open(key, 7, 'a', sealed.slice(0, index)))).toBe('misconfigured')
    }
  })

  test('cannot be used as a data key, nor a data key as a text', () => {
    const sealed = sealer.seal(key, 7, 'a', 'x'.repeat(32))
    expect(code(() => sealer.seal(sealed, 7, 'a', 'mine'))).toBe('misconfigured')
    expect(code(() => sealer.open(key, 7, 'a', key))).toBe('misconfigured')
  })
})

describe('a data key', () => {
  test('that was just created equals the stored one', () => {
    const sealed = sealer.seal(key, 7, 'a', 'mine')
    expect(sealer.open(storedKey, 7, 'a', sealed)).toBe('mine')
    expect(sealer.open(key, 7, 'a', sealer.seal(storedKey, 7, 'a', 'mine'))).toBe('mine')
  })

  test.each([
    ['just made', key],
    ['read from the database', storedKey],
  ])('that was %s cannot be used for another learner or with another secret', (_, key) => {
    expect(code(() => sealer.seal(key, 8, 'a', 'mine'))).toBe('misconfigured')
    const stranger = createSealer(deriveKeys('another secret').wrapping, randomBytes)
    expect(code(() => stranger.seal(key, 7, 'a', 'mine'))).toBe('misconfigured')
    // And still works for its own learner.
    expect(code(() => sealer.seal(key, 7, 'a', 'mine'))).toBe('opened')
  })

  test('that was modified in the database cannot be decrypted', () => {
    for (let index = 0; index < key.length; index += 1) {
      const changed = Uint8Array.from(key)
      changed[index] = (changed[index] as number) ^ 1
      expect(code(() => sealer.seal(changed, 7, 'a', 'mine'))).toBe('misconfigured')
    }
  })

  test('must be wrapped with a 256-bit key', () => {
    expect(() => createSealer(new Uint8Array(16), randomBytes)).toThrow(RangeError)
  })
})

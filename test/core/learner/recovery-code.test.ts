import { describe, expect, test } from '@jest/globals'
import { recoveryCode, recoveryHash } from '../../../src/core/learner/recovery-code.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'

const keys = deriveKeys('a secret of at least thirty-two characters')
const others = deriveKeys('another secret of at least thirty-two characters')

describe('a recovery code', () => {
  test('is the same each time, and another for every learner, round and installation', () => {
    const code = recoveryCode(keys, 7, 1)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    expect(recoveryCode(keys, 7, 1)).toBe(code)
    const codes = [code, recoveryCode(keys, 8, 1), recoveryCode(keys, 7, 2), recoveryCode(others, 7, 1)]
    expect(new Set(codes).size).toBe(4)
    expect(new Set([recoveryHash(keys, code), recoveryHash(others, code)]).size).toBe(2)
  })

  test('is read as people type it', () => {
    const code = recoveryCode(keys, 7, 1)
    const hash = recoveryHash(keys, code)
    expect(hash).not.toBeNull()
    const typed = [
      code.toLowerCase(),
      code.replaceAll('-', ' '),
      ` ${code.replaceAll('-', '–')}\n`,
      code.replaceAll('0', 'o').replaceAll('1', 'l'),
    ]
    for (const text of typed) expect(recoveryHash(keys, text)).toBe(hash)
  })

  test.each(['', '7KQM', 'U'.repeat(16), '7KQM-2F9A-XW4T-0HN', '7'.repeat(17), 'x'.repeat(1_000_000)])(
    'is not %p',
    (text) => expect(recoveryHash(keys, text)).toBeNull(),
  )
})

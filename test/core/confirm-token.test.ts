import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { hashToken, newNonce, tokenOf } from '../../src/core/confirm-token.ts'
import { deriveKeys } from '../../src/core/keys.ts'

const keys = deriveKeys('a secret for the tests, long enough')

describe('a confirmation token', () => {
  test('has 256 bits and follows from its nonce, so that a mail sent again is identical', () => {
    const nonce = newNonce(randomBytes)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(tokenOf(keys, nonce)).toMatch(/^[\w-]{43}$/)
    expect(tokenOf(keys, nonce)).toBe(tokenOf(keys, nonce))
  })

  test('differs for every nonce and every secret', () => {
    const nonce = newNonce(randomBytes)
    expect(tokenOf(keys, nonce)).not.toBe(tokenOf(keys, newNonce(randomBytes)))
    expect(tokenOf(keys, nonce)).not.toBe(tokenOf(deriveKeys('another secret'), nonce))
  })

  test('cannot be told from what is stored', () => {
    const nonce = newNonce(randomBytes)
    const token = tokenOf(keys, nonce)
    expect(new Set([nonce, token, hashToken(token)]).size).toBe(3)
    expect(hashToken(token)).toBe(hashToken(tokenOf(keys, nonce)))
  })
})

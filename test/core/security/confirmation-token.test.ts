import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { hashToken, newNonce, tokenOf } from '../../../src/core/security/confirmation-token.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'

const keys = deriveKeys('a secret for the tests, long enough')

describe('a confirmation token', () => {
  test('has 256 bits and is derived from its nonce, so that a resent email is identical', () => {
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

  test('cannot be derived from what is stored', () => {
    const nonce = newNonce(randomBytes)
    const token = tokenOf(keys, nonce)
    expect(new Set([nonce, token, hashToken(token)]).size).toBe(3)
    expect(hashToken(token)).toBe(hashToken(tokenOf(keys, nonce)))
  })

  test('is stored as its SHA-256, so that emailed links keep working', () => {
    // The first example of FIPS 180-2, appendix B.
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(Buffer.from(hashToken('abc'), 'base64url').toString('hex')).toBe(expected)
  })
})

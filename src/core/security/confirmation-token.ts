import { hash } from 'node:crypto'
import type { SecretKeys } from './keys.ts'
import { mac } from './mac.ts'

const NONCE_BYTES = 32

/** A random 256-bit nonce, base64url, stored with the sign-up. `randomBytes` must be cryptographically secure. */
export function newNonce(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(NONCE_BYTES)).toString('base64url')
}

/**
 * The token for the email: 256 bits, base64url. It is derived from the stored nonce and the secret, so that a resent
 * email is identical, and the database alone does not reveal tokens.
 */
export function tokenOf(keys: Pick<SecretKeys, 'confirmTokens'>, nonce: string): string {
  return mac(keys.confirmTokens, nonce).toString('base64url')
}

/**
 * The hash stored to find a sign-up by its token: SHA-256, base64url. No salt is needed, because the token has 256
 * random bits.
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

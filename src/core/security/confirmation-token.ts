import { hash } from 'node:crypto'
import type { SecretKeys } from './keys.ts'
import { mac } from './mac.ts'

const NONCE_BYTES = 32

/** A fresh random nonce of 256 bits, base64url, to be stored with the sign-up. `randomBytes` must be unpredictable. */
export function newNonce(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(NONCE_BYTES)).toString('base64url')
}

/**
 * The token to mail: 256 bits, base64url. It follows from the stored nonce and the secret, so a mail sent again is the
 * same mail, while the database alone gives no token away.
 */
export function tokenOf(keys: Pick<SecretKeys, 'confirmTokens'>, nonce: string): string {
  return mac(keys.confirmTokens, nonce).toString('base64url')
}

/** What is stored to find a sign-up by its token: SHA-256, base64url. No salt: the token has 256 random bits. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

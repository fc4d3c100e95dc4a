import { scryptSync } from 'node:crypto'

/** About a tenth of a second for each guess, where a hash in the database takes a millionth. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 }
const BYTES = 32

/**
 * Tells whether a backup belongs to this SECRET_KEY without helping to guess it: scrypt (RFC 7914) with a random salt, base64url.
 */
export function keyFingerprint(secret: string, salt: Uint8Array): string {
  return scryptSync(secret, salt, BYTES, COST).toString('base64url')
}

import { hash } from 'node:crypto'

/**
 * A new session's secret: 256 random bits, base64url, stored in the cookie only. `randomBytes` must be
 * cryptographically secure.
 */
export function newSession(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(32)).toString('base64url')
}

/** The stored hash of a session: SHA-256, so that a stolen database does not open anybody's pages. */
export function sessionHash(session: string): string {
  return hash('sha256', session, 'base64url')
}

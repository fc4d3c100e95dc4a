import { hash } from 'node:crypto'

/** A new session's secret: 256 random bits, base64url. Lives in the cookie only. `randomBytes` must be unpredictable. */
export function newSession(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(32)).toString('base64url')
}

/** What is stored of a session: SHA-256, so that a stolen database opens no one's pages. */
export function sessionHash(session: string): string {
  return hash('sha256', session, 'base64url')
}

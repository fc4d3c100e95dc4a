import { type LinkKeys, readLink, signLink } from './link-token.ts'
import { LIBRARY_PASS_AGE } from './session.ts'

/**
 * Proves that a browser came to the library from a page behind a lesson link. For a cookie, never for a URL. `now` is
 * ms UTC.
 */
export function makeLibraryPass(keys: LinkKeys, enrolmentId: number, now: number): string {
  return signLink(keys, 'library', [enrolmentId], now + LIBRARY_PASS_AGE)
}

/** The id of the enrolment; null if the pass is not valid or has expired at `now`, ms UTC. */
export function readLibraryPass(keys: LinkKeys, pass: string, now: number): number | null {
  return readLink(keys, 'library', pass, now)?.[0] ?? null
}

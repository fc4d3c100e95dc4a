const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Maximum lifetime of a session, ms: on the server, in the cookie, and as stated on the privacy page. */
export const SESSION_MAX_AGE = 21 * DAY_MS
/** Maximum time without use before a session expires, ms. */
export const SESSION_IDLE = 10 * DAY_MS
/** Irreversible or sensitive actions need a session opened within this time, ms. */
export const FRESH_SESSION = 15 * MINUTE_MS
/** Minimum interval between updates of the time of last use, ms. */
export const SESSION_TOUCH = 60 * MINUTE_MS

/** How long a browser that opened the library from a lesson page may read it, ms. */
export const LIBRARY_PASS_AGE = SESSION_MAX_AGE

/** Lifetime of emailed links, minutes: long enough to check the inbox. */
export const EMAILED_LINK_MINUTES = 10

/**
 * - `writer`: started by saving through a lesson link; reads only what it wrote itself
 * - `own`: started by a link from the learner's inbox; reads everything the learner wrote
 */
export type SessionKind = 'writer' | 'own'

/** Times are ms UTC. */
export interface Session {
  /** SHA-256 of the cookie's value. */
  readonly hash: string
  readonly kind: SessionKind
  readonly openedAt: number
  readonly lastUsedAt: number
  /** Reads nothing that was written before this instant; null: reads everything. */
  readonly readsFrom: number | null
}

export function isOver({ openedAt, lastUsedAt }: Pick<Session, 'openedAt' | 'lastUsedAt'>, now: number): boolean {
  return now >= openedAt + SESSION_MAX_AGE || now >= lastUsedAt + SESSION_IDLE
}

/** A session that does not read everything, because the address has just changed, is never enough for grave acts. */
export function isFresh({ kind, openedAt, readsFrom }: Omit<Session, 'hash' | 'lastUsedAt'>, now: number): boolean {
  return kind === 'own' && readsFrom === null && now < openedAt + FRESH_SESSION
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** A session ends this long after it was opened, ms: on the server, in the cookie, and in the words of the privacy page. */
export const SESSION_MAX_AGE = 21 * DAY_MS
/** A session that is not used for so long ends, ms. */
export const SESSION_IDLE = 10 * DAY_MS
/** What cannot be taken back, or shows most, needs a session opened no longer ago than this, ms. */
export const FRESH_SESSION = 15 * MINUTE_MS
/** Its last use is written down no more often than this, ms. */
export const SESSION_TOUCH = 60 * MINUTE_MS

/** How long a link from an email works, minutes: long enough to walk to the inbox, and no longer. */
export const EMAILED_LINK_MINUTES = 10

/**
 * - `writer`: raised by saving through a lesson link; reads what it wrote itself
 * - `own`: raised by a link from the learner's own inbox; reads everything the learner wrote
 */
export type SessionKind = 'writer' | 'own'

/** Instants are ms since the epoch, UTC. */
export interface Session {
  /** SHA-256 of the cookie's value. */
  readonly hash: string
  readonly kind: SessionKind
  readonly openedAt: number
  readonly lastUsedAt: number
}

export function isOver({ openedAt, lastUsedAt }: Pick<Session, 'openedAt' | 'lastUsedAt'>, now: number): boolean {
  return now >= openedAt + SESSION_MAX_AGE || now >= lastUsedAt + SESSION_IDLE
}

export function isFresh({ kind, openedAt }: Pick<Session, 'kind' | 'openedAt'>, now: number): boolean {
  return kind === 'own' && now < openedAt + FRESH_SESSION
}

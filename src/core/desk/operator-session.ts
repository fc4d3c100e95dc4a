const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Maximum lifetime of an operator's session, ms. */
export const OPERATOR_SESSION_MAX_AGE = 7 * 24 * HOUR_MS
/** Maximum time without use, ms. */
export const OPERATOR_SESSION_IDLE = 12 * HOUR_MS
/** What changes roles or takes data away needs a sign-in within this time, ms. */
export const FRESH_SIGN_IN = 15 * MINUTE_MS
/** Minimum interval between updates of the time of last use, ms. */
export const OPERATOR_SESSION_TOUCH = 5 * MINUTE_MS
/** Lifetime of emailed sign-in links, minutes. */
export const SIGN_IN_LINK_MINUTES = 10
/** Lifetime of links that are printed on the host, minutes. */
export const PRINTED_LINK_MINUTES = 60
/** How long a browser may take to answer with a passkey, ms. */
export const PASSKEY_CHALLENGE_MS = 5 * MINUTE_MS

/** How an operator signed in. */
export type SignInMeans = 'link' | 'passkey'

/** Times are ms UTC. */
export interface OperatorSession {
  /** SHA-256 of the cookie's value. */
  readonly hash: string
  /** Names it in lists; gives no access. */
  readonly id: string
  readonly operatorId: number
  readonly means: SignInMeans
  readonly openedAt: number
  readonly lastUsedAt: number
}

type Times = Pick<OperatorSession, 'openedAt' | 'lastUsedAt'>

export function isOperatorSessionOver({ openedAt, lastUsedAt }: Times, now: number): boolean {
  return now >= openedAt + OPERATOR_SESSION_MAX_AGE || now >= lastUsedAt + OPERATOR_SESSION_IDLE
}

export function isFreshSignIn({ openedAt }: Pick<OperatorSession, 'openedAt'>, now: number): boolean {
  return now < openedAt + FRESH_SIGN_IN
}

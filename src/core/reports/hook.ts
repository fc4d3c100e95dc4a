import { createHash, timingSafeEqual } from 'node:crypto'

export type Provider = 'ses' | 'postmark' | 'mailgun' | 'sendgrid'

export const PROVIDERS: readonly Provider[] = ['ses', 'postmark', 'mailgun', 'sendgrid']

/** What is needed to believe a provider; null: its webhook does not exist. */
export interface HookSettings {
  /** SNS topics that are believed. */
  readonly ses: { readonly topics: readonly string[] } | null
  /** `user:password` of the webhook's URL. */
  readonly postmark: { readonly login: string } | null
  readonly mailgun: { readonly signingKey: string } | null
  /** The verification key as the provider shows it: base64 of an SPKI structure. */
  readonly sendgrid: { readonly publicKey: string } | null
}

/** A request as it came; header names in lower case. */
export interface HookRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** One event of a request that is believed. */
export interface HookEvent {
  /** The provider's own id of it. */
  readonly key: string
  /** What the provider promises never to use again. */
  readonly nonce: string | null
  readonly raw: string
}

/** Why a request is not believed: without credentials, with wrong ones, out of its time, or not to be understood. */
export type Refusal = 'unauthenticated' | 'forged' | 'stale' | 'unreadable'

export type HookVerdict =
  | { readonly kind: 'events'; readonly events: readonly HookEvent[] }
  | { readonly kind: 'refused'; readonly why: Refusal }

export function refused(why: Refusal): HookVerdict {
  return { kind: 'refused', why }
}

export function headerOf(request: HookRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** A JSON text; undefined when it is none. For what nobody has vouched for yet: numbers beyond 2^53 lose digits. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A JSON text whose numbers are exact: one that a double cannot hold (beyond 2^53) becomes a string of the digits as they
 * were written. Undefined when it is none, or nested deeper than the stack allows.
 */
export function parseExactJson(text: string): unknown {
  const exactly = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
      ? exactNumber(value, context.source)
      : value
  try {
    return JSON.parse(text, exactly)
  } catch {
    return undefined
  }
}

/** Fractions stay numbers; every other number here is an integer too wide for a double, or no finite one. */
function exactNumber(value: number, source: string): number | string {
  return Number.isFinite(value) && !Number.isInteger(value) ? value : source.slice(0, MAX_KEY_LENGTH)
}

/** Longer than the id of any provider. */
const MAX_KEY_LENGTH = 200

/** The key of an event: its provider's id, or where there is none (or an unreasonable one) a hash of what it says. */
export function eventKey(id: string, content: string): string {
  return id !== '' && id.length <= MAX_KEY_LENGTH
    ? id
    : `sha256 ${createHash('sha256').update(content).digest('base64url')}`
}

/** Clocks differ by minutes at most, so an instant further ahead was not written by an honest one. */
const SKEW_MS = 5 * 60_000

/** Whether an instant (ms UTC) lies within `ageMs` before now. NaN does not. */
export function isRecent(instant: number, now: number, ageMs: number): boolean {
  return instant >= now - ageMs && instant <= now + SKEW_MS
}

export function isSameText(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

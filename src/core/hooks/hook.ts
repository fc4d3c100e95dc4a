import { timingSafeEqual } from 'node:crypto'

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

/** One event to be kept. */
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

/** JSON of an object or array; undefined when it is not. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Clocks differ by minutes at most, so an instant further ahead was not written by an honest one. */
const SKEW_MS = 5 * 60_000

/** Whether an instant (ms UTC) lies within `ageMs` before now. NaN does not. */
export function isTimely(instant: number, now: number, ageMs: number): boolean {
  return instant >= now - ageMs && instant <= now + SKEW_MS
}

export function isSameText(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

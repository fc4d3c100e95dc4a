import { createHash, timingSafeEqual } from 'node:crypto'
import type { Setting } from '../setting.ts'
import type { InboundEmail } from './inbound-email.ts'
import type { MailEvent } from './mail-event.ts'

/**
 * A relay that reports on sent email by a webhook at /hooks/<name>. `Credentials` verify its requests and come from one
 * setting; without that setting the webhook does not exist.
 */
export interface ReportProvider<Name extends string = string, Credentials = unknown> {
  readonly name: Name
  readonly setting: Setting<Credentials> & { readonly name: string }
  /** Whether it also receives email and passes it on by webhook: replies of learners. */
  readonly takesReplies?: true
  /** What it appends to the path of its webhook to pass on email, such as `/mime`; left out: nothing. */
  readonly emailPath?: string
  /** Largest body of a request, bytes; 1 MB if left out. */
  readonly maxBytes?: number
  /** The WWW-Authenticate header (RFC 9110 section 11.6.1) of the response to a request without credentials. */
  readonly challenge?: string
  /**
   * Whether the request comes from the provider, and its events. Rejects with AppError 'busy' if that cannot be decided
   * now.
   */
  verify(
    request: WebhookRequest,
    credentials: Credentials,
    world: WebhookWorld,
  ): WebhookVerdict | Promise<WebhookVerdict>
  /** Reads one verified event; null if it cannot be understood. */
  read(raw: string): ProviderReport | null
}

/** Infers the types of a provider's name and credentials. */
export function defineProvider<const Name extends string, Credentials>(
  provider: ReportProvider<Name, Credentials>,
): ReportProvider<Name, Credentials> {
  return provider
}

/** A request as received; header names in lower case. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface WebhookWorld {
  /** ms UTC. */
  readonly now: number
  /** Fetches the text of an https address of SNS. */
  readonly fetch: (address: string) => Promise<string>
}

/** One event of a verified request. */
export interface WebhookEvent {
  /** The provider's id of the event. */
  readonly key: string
  /** A value that the provider guarantees never to reuse. */
  readonly nonce: string | null
  readonly raw: string
}

/** Why a request is refused: no credentials, a wrong signature, too old or too far in the future, or not readable. */
export type Refusal = 'unauthenticated' | 'forged' | 'stale' | 'unreadable'

export type WebhookVerdict =
  | { readonly kind: 'events'; readonly events: readonly WebhookEvent[] }
  | { readonly kind: 'refused'; readonly why: Refusal }

/**
 * - `event`: about a message or its recipient. The recipient's address is as the relay gives it and must be turned into
 * a key at once; null if the relay names nobody, or several people
 * - `email`: one that the provider received for this service
 * - `subscription`: the provider asks to confirm a subscription by fetching this URL
 */
export type ProviderReport =
  | { readonly kind: 'event'; readonly event: MailEvent; readonly recipient: string | null }
  | { readonly kind: 'email'; readonly email: InboundEmail }
  | { readonly kind: 'subscription'; readonly url: string }

export function refused(why: Refusal): WebhookVerdict {
  return { kind: 'refused', why }
}

export function headerOf(request: WebhookRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** Longer than the id of any provider. */
const MAX_KEY_LENGTH = 200

/** The key of an event: its provider's id, or a hash of its content if the id is missing or malformed. */
export function eventKey(id: string, content: string): string {
  return id !== '' && id.length <= MAX_KEY_LENGTH
    ? id
    : `sha256 ${createHash('sha256').update(content).digest('base64url')}`
}

/** Clocks differ by a few minutes at most, so a timestamp further in the future is not genuine. */
const SKEW_MS = 5 * 60_000

/** Whether an instant (ms UTC) lies within `ageMs` before now. NaN does not. */
export function isRecent(instant: number, now: number, ageMs: number): boolean {
  return instant >= now - ageMs && instant <= now + SKEW_MS
}

/** Compares in constant time. */
export function isSameText(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

import type { Delivery } from '../../core/model.ts'
import type { BounceReason } from '../../core/reports/bounce-reason.ts'
import type { MailEvent } from '../../core/reports/mail-event.ts'
import type { ProviderName, WebhookCredentials } from '../../core/reports/providers.ts'

/** Where an event came from: a provider's webhook, or a report received by email. */
export type EventSource = ProviderName | 'smtp'

/** An event to store until it is applied. Its content can only be read with the key for reports. */
export interface ArrivedEvent {
  readonly source: EventSource
  /** Identical for repeated reports of the same event. */
  readonly key: string
  /** A value that may be used only once; null if the source does not provide one. */
  readonly nonce: string | null
  /** The content to apply; see event-content.ts. */
  readonly sealed: Uint8Array
  /** The learner, if already known. The event is deleted when the learner is erased. */
  readonly learnerId: number | null
  /** The key of the address in the event, if any. The event is deleted when a learner with this address is erased. */
  readonly addressKey: string | null
}

export interface StoredEvent {
  readonly id: number
  readonly source: EventSource
  readonly key: string
  readonly content: Uint8Array
  /** False for an event from a version that stored events as received. */
  readonly isSealed: boolean
  /** The return-path address of an email that is not sealed; null otherwise. */
  readonly recipient: string | null
  /** The number of attempts, whatever their result. */
  readonly attempts: number
}

export interface EventSetAside {
  readonly id: number
  readonly source: EventSource
  /** ms UTC. */
  readonly receivedAt: number
  /** ms UTC. */
  readonly setAsideAt: number
}

/**
 * All reports about sent email, each applied once. A row waits until it is applied or dropped, and then keeps its
 * outcome but not its content. After too many attempts it is set aside for an operator.
 */
export interface MailEvents {
  /** `known`: this event is already stored. `replayed`: another event used the same nonce. */
  add(event: ArrivedEvent, now: number): Promise<'stored' | 'known' | 'replayed'>
  /** Events that may be tried now: fewest attempts first, then those quick to apply, then the oldest. */
  waiting(limit: number, now: number): Promise<readonly StoredEvent[]>
  /** Counts an attempt before it is made and blocks others until the instant. False if the event is claimed or gone. */
  claim(event: Pick<StoredEvent, 'id' | 'attempts'>, now: number, until: number): Promise<boolean>
  /** Schedules the next attempt for the instant and sets the number of attempts. */
  retryAt(id: number, at: number, attempts: number): Promise<void>
  /** Replaces the content of an unsealed event and records its learner and address key. */
  seal(id: number, event: Pick<ArrivedEvent, 'sealed' | 'learnerId' | 'addressKey'>): Promise<void>
  /** No further attempts until an operator asks for one. */
  setAside(id: number, now: number): Promise<void>
  /**
   * Marks the event as applied, deletes its content and records its learner, if known. False if it was already applied.
   */
  settle(id: number, outcome: string, learnerId: number | null, now: number): Promise<boolean>
  countSetAside(): Promise<number>
  /** Oldest first. */
  listSetAside(limit: number): Promise<readonly EventSetAside[]>
  /** Starts again with zero attempts. False if it is not set aside. */
  tryAgain(id: number): Promise<boolean>
  /** Permanently deletes the content of an event that is set aside. False if it is not set aside. */
  drop(id: number, now: number): Promise<boolean>
  /** Drops events set aside before the instant. Returns how many. */
  dropSetAside(before: number, now: number): Promise<number>
  /** The number of events about the learner since the instant. */
  countOf(learnerId: number, since: number): Promise<number>
  /** The number of events from this source waiting to be applied, without those set aside; at most `limit`. */
  countWaiting(source: EventSource, limit: number): Promise<number>
  /** Deletes the outcomes of events received before the instant. Returns how many. */
  forget(before: number): Promise<number>
}

/** What happened to a delivery after it was sent. */
export type BounceKind = 'dead' | 'full' | 'stream' | 'soft' | 'complaint'

export interface Reports {
  /** The delivery with this Message-ID; null for none. */
  byMessageId(messageId: string): Promise<Delivery | null>
  /** The learner behind an address key; null for none. */
  learnerByKey(addressKey: string): Promise<number | null>
  /** Records a bounce or complaint once per delivery and kind. False if it was already recorded. */
  note(
    delivery: Pick<Delivery, 'id' | 'learnerId'>,
    kind: BounceKind,
    reason: BounceReason | 'smtp',
    now: number,
  ): Promise<boolean>
  /**
   * How many lessons in a row, up to this one, found the mailbox full, and since when (ms UTC). `addressSince`: lessons from
   * before went to another address; null: none did.
   */
  fullInARow(
    delivery: Delivery,
    addressSince: number | null,
  ): Promise<{ readonly lessons: number; readonly since: number | null }>
  /**
   * The number of reports of this kind since the instant, for all learners: an upper bound for the number of learners.
   */
  countSince(kind: BounceKind, since: number): Promise<number>
  /**
   * Learners with a confirmed enrolment and a report of this kind since the instant, about a message sent since then.
   * Counted by the domain of their address; spellings of one mailbox count once.
   */
  confirmedByDomain(
    kind: BounceKind,
    since: number,
  ): Promise<readonly { readonly domain: string; readonly learners: number }[]>
  /**
   * Cancels every live delivery of the learner and every resend. A row that was handed over keeps its state. Returns
   * how many.
   */
  cancelLearner(learnerId: number, reason: string, now: number): Promise<number>
  /** Settles an `unconfirmed` row. False if it is not `unconfirmed`. */
  resolveUnconfirmed(id: number, state: 'sent' | 'failed', reply: string, now: number): Promise<boolean>
}

export interface Figures {
  readonly sent: number
  readonly bounced: number
  readonly complained: number
}

/** Daily figures; `day` counts days since the epoch, UTC. */
export interface Reputation {
  count(day: number, what: keyof Figures, times?: number): Promise<void>
  /** Totals from `firstDay` on. */
  since(firstDay: number): Promise<Figures>
  /** Uses one message of the day's quota. False if the quota is exhausted. */
  takeQuota(day: number, quota: number): Promise<boolean>
  returnQuota(day: number): Promise<void>
  quotaUsed(day: number): Promise<number>
  /** The first day on which quota was used; null if none was. */
  firstWarmUpDay(): Promise<number | null>
}

export interface SuppressedAddress {
  readonly addressKey: string
  readonly reason: string
  readonly createdAt: number
}

export interface Suppressions {
  /** Suppresses all email to this learner's address. Idempotent. */
  add(learnerId: number, reason: string, now: number): Promise<void>
  /** Whether this learner's address is suppressed. */
  hasLearner(learnerId: number): Promise<boolean>
  /** Suppresses an address by its key, even if it belongs to no learner. False if it was already suppressed. */
  addKey(row: SuppressedAddress): Promise<boolean>
  /** False if it was not suppressed. */
  removeKey(addressKey: string): Promise<boolean>
  byKey(addressKey: string): Promise<SuppressedAddress | null>
  /** How many there are, counted up to `most`. */
  count(most: number): Promise<number>
  /** Oldest first. */
  all(): Promise<readonly SuppressedAddress[]>
}

/**
 * Parses a report received by email without blocking other work. A report without useful content is `noted`; rejects if
 * parsing took too long or its thread crashed.
 */
export type ReadReport = (raw: Uint8Array) => Promise<MailEvent>

/** What webhook handling depends on. */
export interface HookPorts {
  readonly settings: WebhookCredentials
  /**
   * Text from an https address of SNS: a certificate, or the response to a confirmation. Certificates may be cached.
   */
  readonly fetch: (address: string) => Promise<string>
  /** Called after an event was stored, so that this process applies it soon. Never throws. */
  readonly wake: () => void
}

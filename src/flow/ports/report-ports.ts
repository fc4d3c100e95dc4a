import type { Delivery } from '../../core/model.ts'
import type { BounceReason } from '../../core/reports/bounce-reason.ts'
import type { MailEvent } from '../../core/reports/mail-event.ts'
import type { ProviderName, WebhookCredentials } from '../../core/reports/providers.ts'

/** Where an event came from: a provider's webhook, or a report that a mail server brought. */
export type EventSource = ProviderName | 'smtp'

/** An event to be kept until it is applied. Nothing in it can be read without the key for reports. */
export interface ArrivedEvent {
  readonly source: EventSource
  /** The same for the same event, told twice. */
  readonly key: string
  /** Never to be seen twice; null where nothing of the kind is promised. */
  readonly nonce: string | null
  /** What has to be applied; see event-content.ts. */
  readonly sealed: Uint8Array
  /** Whose it is, where that is known already: it goes when the learner is erased. */
  readonly learnerId: number | null
  /** The key of the address it names, where it names one: it goes when a learner of this address is erased. */
  readonly addressKey: string | null
}

export interface StoredEvent {
  readonly id: number
  readonly source: EventSource
  readonly key: string
  readonly content: Uint8Array
  /** False for an event of a version that kept events as they arrived. */
  readonly isSealed: boolean
  /** The return-path address of an email that is not sealed; null otherwise. */
  readonly recipient: string | null
  /** How often it was tried, whatever became of it. */
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
 * Everything that was said of mail that went out, applied once. A row waits until it is applied (or dropped), and then keeps
 * its outcome without its content; after too many attempts it is set aside and waits for an operator.
 */
export interface MailEvents {
  /** `known`: this event is kept already. `replayed`: its nonce was used by another. */
  add(event: ArrivedEvent, now: number): Promise<'stored' | 'known' | 'replayed'>
  /** Events that may be tried now: those with the fewest attempts first, of these what is quick to apply, then the oldest. */
  waiting(limit: number, now: number): Promise<readonly StoredEvent[]>
  /** Counts an attempt before it is made, and keeps others from trying until the instant; false when it is taken or gone. */
  claim(event: Pick<StoredEvent, 'id' | 'attempts'>, now: number, until: number): Promise<boolean>
  /** To be tried again at the instant; `attempts` as it shall be. */
  retryAt(id: number, at: number, attempts: number): Promise<void>
  /** Replaces the content of an event that is not sealed, and notes whose it is. */
  seal(id: number, event: Pick<ArrivedEvent, 'sealed' | 'learnerId' | 'addressKey'>): Promise<void>
  /** Not tried again until an operator asks for it. */
  setAside(id: number, now: number): Promise<void>
  /** Marks it as applied, deletes its content and notes whose it is, where known; false when it was applied before. */
  settle(id: number, outcome: string, learnerId: number | null, now: number): Promise<boolean>
  countSetAside(): Promise<number>
  /** Oldest first. */
  listSetAside(limit: number): Promise<readonly EventSetAside[]>
  /** Begins again with no attempt; false when it is not set aside. */
  tryAgain(id: number): Promise<boolean>
  /** Permanently deletes the content of an event that is set aside; false when it is not set aside. */
  drop(id: number, now: number): Promise<boolean>
  /** Drops what was set aside before the instant. Returns how many. */
  dropSetAside(before: number, now: number): Promise<number>
  /** How many events about the learner arrived since the instant. */
  countOf(learnerId: number, since: number): Promise<number>
  /** How many of this source wait to be applied, without those set aside; never more than `limit`. */
  countWaiting(source: EventSource, limit: number): Promise<number>
  /** Forgets the outcomes of events received before the instant. Returns how many. */
  forget(before: number): Promise<number>
}

/** What happened to a delivery after it had left. */
export type BounceKind = 'dead' | 'full' | 'stream' | 'soft' | 'complaint'

export interface Reports {
  /** The delivery with this Message-ID; null for none. */
  byMessageId(messageId: string): Promise<Delivery | null>
  /** The learner behind an address key; null for none. */
  learnerByKey(addressKey: string): Promise<number | null>
  /** Records a bounce or complaint once for each delivery and kind; false when it was recorded before. */
  note(
    delivery: Pick<Delivery, 'id' | 'learnerId'>,
    kind: BounceKind,
    reason: BounceReason | 'smtp',
    now: number,
  ): Promise<boolean>
  /** How many lessons in a row, up to this one, met a full mailbox, and since when (ms UTC). */
  fullInARow(delivery: Delivery): Promise<{ readonly lessons: number; readonly since: number | null }>
  /** How many reports of this kind came since the instant, whoever they are about: an upper bound of the learners. */
  countSince(kind: BounceKind, since: number): Promise<number>
  /**
   * Learners with a confirmed enrolment of whom a report of this kind came since the instant, about a message that left
   * since then, counted by the domain of their address; spellings of one mailbox count once.
   */
  confirmedByDomain(
    kind: BounceKind,
    since: number,
  ): Promise<readonly { readonly domain: string; readonly learners: number }[]>
  /**
   * Cancels every live delivery of the learner and every resend; one that was handed over keeps its state. Returns how
   * many.
   */
  cancelLearner(learnerId: number, reason: string, now: number): Promise<number>
  /** Moves an `unconfirmed` row on; false when it is not one. */
  resolveUnconfirmed(id: number, state: 'sent' | 'failed', reply: string, now: number): Promise<boolean>
}

export interface Figures {
  readonly sent: number
  readonly bounced: number
  readonly complained: number
}

/** Figures by day; `day` counts days since the epoch, UTC. */
export interface Reputation {
  count(day: number, what: keyof Figures): Promise<void>
  /** Sums from `firstDay` on. */
  since(firstDay: number): Promise<Figures>
  /** Takes one of the day's places; false when all `places` are taken. */
  takeQuota(day: number, quota: number): Promise<boolean>
  returnQuota(day: number): Promise<void>
  quotaUsed(day: number): Promise<number>
  /** The first day a place was taken; null for none. */
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
  /** The same by address key, for people who need not be known here. False when it was there. */
  addKey(row: SuppressedAddress): Promise<boolean>
  /** False when it was not there. */
  removeKey(addressKey: string): Promise<boolean>
  byKey(addressKey: string): Promise<SuppressedAddress | null>
  /** Oldest first. */
  all(): Promise<readonly SuppressedAddress[]>
}

/**
 * Reads a report that a mail server brought, where it cannot hold up anything else. What says nothing is `noted`; rejects
 * when reading took too long or ended its thread.
 */
export type ReadReport = (raw: Uint8Array) => Promise<MailEvent>

/** What webhooks need from the world. */
export interface HookPorts {
  readonly settings: WebhookCredentials
  /** Text of an https address of SNS: a certificate, or the answer to a confirmation. Certificates may come from memory. */
  readonly fetch: (address: string) => Promise<string>
  /** Something was kept: it is applied soon, in this process. Never throws. */
  readonly wake: () => void
}

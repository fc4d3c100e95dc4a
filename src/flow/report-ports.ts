import type { BounceReason } from '../core/bounce-reason.ts'
import type { HookSettings, Provider } from '../core/hooks/hook.ts'
import type { MailEvent } from '../core/mail-event.ts'
import type { Delivery } from '../core/model.ts'

/** Where an event came from: a provider's webhook, or a report that a mail server brought. */
export type EventSource = Provider | 'smtp'

/** An event as it arrived. */
export interface ArrivedEvent {
  readonly source: EventSource
  /** The same for the same event, told twice. */
  readonly key: string
  /** Never to be seen twice; null where nothing of the kind is promised. */
  readonly nonce: string | null
  /** The return-path address it was sent to; null for webhooks. */
  readonly recipient: string | null
  readonly raw: Uint8Array
}

export interface StoredEvent extends ArrivedEvent {
  readonly id: number
}

/** Everything that was said of mail that went out, kept as it arrived and then applied once. */
export interface MailEvents {
  /** `known`: this event is kept already. `replayed`: its nonce was used by another. */
  add(event: ArrivedEvent, now: number): Promise<'stored' | 'known' | 'replayed'>
  /** Events that are not applied, oldest first. */
  waiting(limit: number): Promise<readonly StoredEvent[]>
  /** Marks it as applied and, where known, whose it is; false when it was applied before. */
  settle(id: number, outcome: string, learnerId: number | null, now: number): Promise<boolean>
  /** Forgets applied events received before the instant: they hold addresses. Returns how many. */
  forget(before: number): Promise<number>
}

/** What happened to a delivery after it had left. */
export type SetbackKind = 'dead' | 'full' | 'stream' | 'soft' | 'complaint'

export interface Reports {
  /** The delivery with this Message-ID; null for none. */
  byMessageId(messageId: string): Promise<Delivery | null>
  /** The learner behind an address key; null for none. */
  learnerByKey(addressKey: string): Promise<number | null>
  /** Notes a setback once for each delivery and kind; false when it was noted before. */
  note(
    delivery: Pick<Delivery, 'id' | 'learnerId'>,
    kind: SetbackKind,
    reason: BounceReason | 'smtp',
    now: number,
  ): Promise<boolean>
  /** How many lessons in a row, up to this one, met a full mailbox, and since when (ms UTC). */
  fullInARow(delivery: Delivery): Promise<{ readonly lessons: number; readonly since: number | null }>
  /** How many learners had a setback of this kind since the instant. */
  countLearners(kind: SetbackKind, since: number): Promise<number>
  /** Cancels every live delivery of the learner and every resend; one past its dot keeps its state. Returns how many. */
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
  takePlace(day: number, places: number): Promise<boolean>
  giveBackPlace(day: number): Promise<void>
  placesTaken(day: number): Promise<number>
  /** The first day a place was taken; null for none. */
  firstDayOfPlan(): Promise<number | null>
}

export interface SuppressedAddress {
  readonly addressKey: string
  readonly reason: string
  readonly createdAt: number
}

/** Reads a report that a mail server brought. Never throws: what it cannot read is `noted`. */
export type ReadReport = (raw: Uint8Array) => Promise<MailEvent>

/** What webhooks need from the world. */
export interface HookPorts {
  readonly settings: HookSettings
  /** Text of an https address of SNS: a certificate, or the answer to a confirmation. Certificates may come from memory. */
  readonly fetch: (address: string) => Promise<string>
  /** Something was kept: it is applied soon, in this process. Never throws. */
  readonly wake: () => void
}

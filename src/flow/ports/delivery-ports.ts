import type { Delivery, DeliveryKind } from '../../core/model.ts'
import type { WakeUp } from './wake-ups.ts'

export interface PlannedDelivery {
  readonly learnerId: number
  readonly kind: DeliveryKind
  readonly enrolmentId: number | null
  readonly signUpId: number | null
  readonly day: number | null
  readonly dueAt: number
}

/** Half-open: start <= instant < end. */
export interface Window {
  readonly start: number
  readonly end: number
}

export interface ClaimRequest {
  readonly now: number
  readonly leaseUntil: number
  readonly owner: string
  /** Kept from the first claim on: the same in every copy of this message. */
  readonly messageId: string
  /**
   * The learner's local day around `now`; no other lesson of the enrolment may have been handed over in it. Null: no
   * such rule.
   */
  readonly day: Window | null
}

export type Settlement =
  | { readonly state: 'sent'; readonly reply: string }
  /** No email was sent: the learner reads on the web only. */
  | { readonly state: 'sent'; readonly webOnly: true }
  /** `counts` false: the attempt met no relay and is not held against the message. */
  | {
      readonly state: 'deferred'
      readonly dueAt: number
      readonly reply: string
      readonly counts?: boolean
      /** When it was refused for policy; left out: it was not. */
      readonly refusedAt?: number
    }
  | { readonly state: 'failed'; readonly reply: string }
  | { readonly state: 'expired'; readonly reply: string }
  | { readonly state: 'cancelled'; readonly reply: string }
  | { readonly state: 'unconfirmed'; readonly dueAt: number; readonly reply: string }

export interface Refusal {
  readonly learnerId: number
  /** Has confirmed an enrolment. */
  readonly isConfirmed: boolean
  /** Of the learner's address. */
  readonly domain: string
  readonly reply: string
}

export interface Deliveries {
  plan(rows: readonly PlannedDelivery[], now: number): Promise<readonly Delivery[]>
  byId(id: number): Promise<Delivery | null>
  ofEnrolment(enrolmentId: number): Promise<readonly Delivery[]>
  /** Ids for a sweep to try now: due planned, deferred or unconfirmed rows and expired leases, oldest first. */
  due(now: number, limit: number): Promise<readonly number[]>
  /** Since when (ms UTC) the longest waiting row that nobody living holds has been due; null when none is. */
  oldestDue(now: number): Promise<number | null>
  /** How many rows there are of each state. */
  countByState(): Promise<Readonly<Record<string, number>>>
  /** Live rows due in the window, in order of (dueAt, id), after the cursor. */
  upcoming(window: Window, after: { dueAt: number; id: number } | null, limit: number): Promise<readonly WakeUp[]>
  /** Takes the lease when the row is due and every guard of DESIGN section 4 holds; otherwise null and nothing changed. */
  claim(id: number, request: ClaimRequest): Promise<Delivery | null>
  renew(id: number, fence: number, now: number, leaseUntil: number): Promise<boolean>
  /** `variant`: the sealed form it was made for, where it has one; kept from the first copy on. */
  markHandedOver(id: number, fence: number, now: number, variant?: Uint8Array | null): Promise<boolean>
  /** Guarded by the fence; true when the row changed. */
  settle(id: number, fence: number, settlement: Settlement, now: number): Promise<boolean>
  /**
   * Leases that expired after their handover become `unconfirmed`, to be resent once at `dueAt`. Returns those rows.
   */
  expireHandovers(now: number, dueAt: number): Promise<readonly Delivery[]>
  /** Gives back, at once, the leases of holders that are known to be dead. */
  releaseOwners(owners: readonly string[], now: number): Promise<number>
  /** Who holds leases now. */
  owners(): Promise<readonly string[]>
  /** Moves a row that is still waiting; null when it is not `planned` or `deferred`. */
  postpone(id: number, dueAt: number): Promise<WakeUp | null>
  /** Whether the enrolment accepts email of this kind and the address is not suppressed. */
  mayBeSent(id: number): Promise<boolean>
  /** Cancels one row that is still waiting; false when it is not `planned` or `deferred`. Calls off an unconfirmed row's copy. */
  cancelWaiting(id: number, reason: string, now: number): Promise<boolean>
  /** A lesson of this enrolment, other than `exceptId`, that was handed over within the window. */
  sentWithin(enrolmentId: number, exceptId: number, window: Window): Promise<boolean>
  /** A lesson of an earlier day of this enrolment that is still to be sent, if any. */
  earlierPendingLesson(enrolmentId: number, day: number): Promise<Delivery | null>
  /** When these are due, ms UTC; unknown ids are left out. */
  dueTimes(ids: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** Whether this database knows of the mark made under that fence, or of the row's erasure: false in an older copy. */
  hasReached(id: number, fence: number): Promise<boolean>
  /** Whatever was due until the instant becomes `unconfirmed` and waits for a person. Returns those rows. */
  presumeSent(until: number): Promise<readonly Delivery[]>
  /** `unconfirmed` rows, oldest first. */
  unconfirmed(limit: number): Promise<readonly Delivery[]>
  /**
   * An operator's decision on an `unconfirmed` row; false when it is not one, or would be sent to a learner who takes
   * no email.
   */
  decide(id: number, word: 'arrived' | 'send-again', now: number): Promise<boolean>
  /**
   * Cancels every live row of the enrolment, for `reason`; a row that was handed over keeps its state. Returns how
   * many.
   */
  cancelEnrolment(enrolmentId: number, now: number, reason?: string): Promise<number>
  /** Cancels the live check-ins of the enrolment. Returns how many. */
  cancelCheckIns(enrolmentId: number, now: number, reason?: string): Promise<number>
  /** A `cancelled` row of a stopped enrolment becomes `planned` again; null when it is not cancelled. */
  replan(id: number, dueAt: number): Promise<Delivery | null>
  /** Whether a message of this learner was refused for policy since the instant. */
  wasRefused(learnerId: number, since: number): Promise<boolean>
  /**
   * The message that is to probe a paused relay: it may be sent, goes out as email, and no message of its learner was refused
   * for policy since `refusedSince`. Of those due `now` the first of a confirmed learner, or else the first, or else the
   * first that is due at all until the instant; before all of those whose own sender was refused at their last try. Null for
   * none.
   */
  nextProbe(
    now: number,
    until: number,
    refusedSince: number,
  ): Promise<{ readonly id: number; readonly dueAt: number } | null>
  /** The newest policy refusals since the instant, at most `limit`. */
  refusals(since: number, limit: number): Promise<readonly Refusal[]>
}

/** Deliveries whose message could not be built, such as for a lesson that is too long. */
export interface UnbuiltMessages {
  /** `reason` says nothing about the learner. Again: the latest reason and time stay. */
  note(deliveryId: number, reason: string, now: number): Promise<void>
  /** It was built after all. */
  forget(deliveryId: number): Promise<void>
  /** How many for which reason, most first. */
  since(at: number): Promise<readonly { readonly reason: string; readonly count: number }[]>
  /** Plans for now those noted at or after `since` that failed, unless a later lesson has gone out. How many. */
  replanFailed(since: number, now: number): Promise<number>
}

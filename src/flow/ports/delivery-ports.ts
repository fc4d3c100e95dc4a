import type { Delivery, DeliveryKind, DeliveryState, Enrolment, Learner } from '../../core/model.ts'
import type { StoredStart } from './enrolment-ports.ts'
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
  /** Set by the first claim and the same in every copy of this message. */
  readonly messageId: string
  /**
   * The learner's local day around `now`, in which no other lesson of the enrolment may have been handed over. Null
   * disables this rule.
   */
  readonly day: Window | null
}

export type Settlement =
  | { readonly state: 'sent'; readonly reply: string }
  /** No email was sent: the learner reads on the web only. */
  | { readonly state: 'sent'; readonly webOnly: true }
  /** `counts: false`: the attempt did not reach a relay and does not count against the message. */
  | {
      readonly state: 'deferred'
      readonly dueAt: number
      readonly reply: string
      readonly counts?: boolean
      /** When it was refused for policy; left out if it was not. */
      readonly refusedAt?: number
    }
  | { readonly state: 'failed'; readonly reply: string }
  | { readonly state: 'expired'; readonly reply: string }
  | { readonly state: 'cancelled'; readonly reply: string }
  | { readonly state: 'unconfirmed'; readonly dueAt: number; readonly reply: string }

/** A message that the relay accepted. */
export interface AcceptedMessage {
  readonly id: number
  readonly fence: number
  readonly reply: string
  /** When it was accepted, ms UTC. */
  readonly at: number
}

/** A delivery and what its email is made from, all as of one moment. */
export interface DeliveryDetails {
  readonly row: Delivery
  readonly enrolment: Enrolment | null
  readonly learner: Learner
  /** The learner's data key, wrapped; null if nothing of this learner was encrypted yet. */
  readonly dataKey: Uint8Array | null
  /** Of the enrolment. */
  readonly start: StoredStart
}

export interface Refusal {
  readonly learnerId: number
  /** Whether the learner has confirmed an enrolment. */
  readonly isConfirmed: boolean
  /** The domain of the learner's address. */
  readonly domain: string
  readonly reply: string
}

export interface Deliveries {
  plan(rows: readonly PlannedDelivery[], now: number): Promise<readonly Delivery[]>
  /**
   * Plans to send a lesson once more, now. Null, planning nothing, if it is not a lesson that counts as sent, had an identical
   * second copy, or was sent once more before.
   */
  planResend(id: number, now: number): Promise<Delivery | null>
  byId(id: number): Promise<Delivery | null>
  /** One query for everything that a message needs. */
  details(id: number): Promise<DeliveryDetails | null>
  ofEnrolment(enrolmentId: number): Promise<readonly Delivery[]>
  /** Every email to this learner, of any course, in the order in which they were planned. */
  ofLearner(learnerId: number): Promise<readonly Delivery[]>
  /** Ids for a sweep to try now: due planned, deferred or unconfirmed rows and expired leases, oldest first. */
  due(now: number, limit: number): Promise<readonly number[]>
  /** When (ms UTC) the longest waiting row without a live lease holder became due; null if there is none. */
  oldestDue(now: number): Promise<number | null>
  /** The number of rows in each state. */
  countByState(): Promise<Readonly<Record<string, number>>>
  /** Live rows due in the window, ordered by (dueAt, id), after the cursor. */
  upcoming(window: Window, after: { dueAt: number; id: number } | null, limit: number): Promise<readonly WakeUp[]>
  /**
   * Takes the lease if the row is due and every guard of DESIGN section 4 holds; otherwise returns null and changes
   * nothing.
   */
  claim(id: number, request: ClaimRequest): Promise<Delivery | null>
  renew(id: number, fence: number, now: number, leaseUntil: number): Promise<boolean>
  /** `variant`: the sealed variant the message was made for, if it has one; kept from the first copy on. */
  markHandedOver(id: number, fence: number, now: number, variant?: Uint8Array | null): Promise<boolean>
  /** Guarded by the fence. Returns whether the row changed. */
  settle(id: number, fence: number, settlement: Settlement, now: number): Promise<boolean>
  /** The same for many accepted messages at once. Returns how many rows changed. */
  settleAccepted(messages: readonly AcceptedMessage[]): Promise<number>
  /**
   * Leases that expired after their handover become `unconfirmed`, to be resent once at `dueAt`. Returns those rows.
   */
  expireHandovers(now: number, dueAt: number): Promise<readonly Delivery[]>
  /** Releases the leases of workers known to be dead, at once. */
  releaseOwners(owners: readonly string[], now: number): Promise<number>
  /** The current lease holders. */
  owners(): Promise<readonly string[]>
  /** Moves a row that is still waiting. Null if it is not `planned` or `deferred`. */
  postpone(id: number, dueAt: number): Promise<WakeUp | null>
  /** The same, also for the planned copy of an `unconfirmed` row. */
  hold(id: number, dueAt: number): Promise<WakeUp | null>
  /**
   * Opens a lesson on the page without an email: `sent`, with its due time as the time of its handover. False, changing
   * nothing, if it is not waiting, may not be sent, has an earlier lesson before it, or if another one was opened like
   * this `today`. `variant`: sealed, as in `markHandedOver`.
   */
  openEarly(
    id: number,
    opening: { readonly now: number; readonly today: Window; readonly variant: Uint8Array | null },
  ): Promise<boolean>
  /** Moves the time that a lesson opened on the page took, to an earlier one (ms UTC). */
  moveEarlySlot(id: number, at: number): Promise<void>
  /** Moves the 24 hours of deferred rows of this enrolment, which stood still for so long (ms). */
  extendAttempts(enrolmentId: number, ms: number): Promise<void>
  /** Whether the enrolment accepts email of this kind and the address is not suppressed. */
  mayBeSent(id: number): Promise<boolean>
  /**
   * Cancels one row that is still waiting; false if it is not `planned` or `deferred`. Also cancels the planned copy of
   * an unconfirmed row.
   */
  cancelWaiting(id: number, reason: string, now: number): Promise<boolean>
  /** Whether a lesson of this enrolment other than `exceptId` was handed over within the window. */
  sentWithin(enrolmentId: number, exceptId: number, window: Window): Promise<boolean>
  /** A lesson of an earlier day of this enrolment that still has to be sent, if any. */
  earlierPendingLesson(enrolmentId: number, day: number): Promise<Delivery | null>
  /** Due times, ms UTC; unknown ids are left out. */
  dueTimes(ids: readonly number[]): Promise<ReadonlyMap<number, number>>
  /**
   * Whether this database has a record of the handover made under that fence, or of the row's erasure. False in an
   * older copy.
   */
  hasReached(id: number, fence: number): Promise<boolean>
  /** Everything due until the instant becomes `unconfirmed` and waits for an operator. Returns those rows. */
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
   * The message to probe a paused relay with. It must be allowed to go out, be an actual email, and belong to a learner
   * without a policy refusal since `refusedSince`. Prefers the first message due `now` of a confirmed learner, then the
   * first due now, then the first due by `until`. Messages whose sender was refused at their last attempt come last.
   * Null if there is none.
   */
  nextProbe(
    now: number,
    until: number,
    refusedSince: number,
  ): Promise<{ readonly id: number; readonly dueAt: number } | null>
  /** The newest policy refusals since the instant, at most `limit`. */
  refusals(since: number, limit: number): Promise<readonly Refusal[]>
}

/**
 * What became of an attempt that was not accepted. `warm-up`: the limit of the day was reached. `not-its-day`: the learner had a
 * lesson that day, or an earlier one was still to come.
 */
export type AttemptOutcome =
  | Extract<DeliveryState, 'deferred' | 'failed' | 'expired' | 'unconfirmed'>
  | 'warm-up'
  | 'not-its-day'

/** An attempt to send that was not accepted, and what was decided then. */
export interface FailedAttempt {
  readonly deliveryId: number
  /** ms UTC. */
  readonly at: number
  readonly outcome: AttemptOutcome
  /** What the relay said, or why nothing reached it; '' if it was not asked. It may contain an address. */
  readonly reply: string
  /** When it was to be tried again, ms UTC; null: not by itself. */
  readonly nextAt: number | null
}

/** A failed attempt with its place among those of its delivery, from 1. */
export interface NumberedAttempt extends FailedAttempt {
  readonly number: number
}

/**
 * What became of the attempts that were not accepted. The first three and the last twenty of each delivery are kept, as long
 * as the delivery; an accepted message leaves nothing here. What was said already, with the same outcome and time, is kept once.
 */
export interface Attempts {
  /** Within the transaction that changes the delivery, if one does: its lock gives each attempt a number of its own. */
  note(attempt: FailedAttempt): Promise<void>
  /** In order. */
  ofDelivery(deliveryId: number): Promise<readonly NumberedAttempt[]>
  /** Those of all deliveries of this learner, each in order. */
  ofLearner(learnerId: number): Promise<readonly NumberedAttempt[]>
}

/** Deliveries whose message could not be built, for example because the lesson is too long. */
export interface UnbuiltMessages {
  /** `reason` contains nothing about the learner. A repeated call updates reason and time. */
  note(deliveryId: number, reason: string, now: number): Promise<void>
  /** Removes the note because the message could be built. */
  forget(deliveryId: number): Promise<void>
  /** Removes the notes at or after the instant; the deliveries stay as they are. Returns how many. */
  forgetSince(at: number): Promise<number>
  /** The number of deliveries per reason, largest first. */
  since(at: number): Promise<readonly { readonly reason: string; readonly count: number }[]>
  /**
   * Plans failed deliveries noted at or after `since` for `now`, unless a later lesson has been sent. Returns how many.
   */
  replanFailed(since: number, now: number): Promise<number>
}

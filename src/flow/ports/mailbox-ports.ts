import type { DeliveryKind } from '../../core/model.ts'

/**
 * State of a mailbox, by `mailboxKey`, which is the same for all spellings of its address. Kept longer than the
 * learner.
 */
export interface Mailboxes {
  /**
   * Counts an email against the limit, once per delivery. Returns false and counts nothing if `limit` emails were
   * already counted since the instant.
   */
  take(email: {
    deliveryId: number
    mailboxKey: string
    kind: DeliveryKind
    now: number
    since: number
    limit: number
  }): Promise<boolean>
  /**
   * Records a stop request of the mailbox's owner, and cancels everything of these kinds planned or being prepared for
   * it.
   */
  stop(mailboxKey: string, kinds: readonly DeliveryKind[], now: number): Promise<void>
  /** When the owner last asked to stop, ms UTC; null if they did not, or have returned since. */
  stoppedAt(mailboxKey: string): Promise<number | null>
  /** Records that the owner has returned. */
  resume(mailboxKey: string): Promise<void>
  /** Whether an enrolment of this mailbox or learner, or a sign-up up to this one, has discreet emails. */
  isDiscreet(mailboxKey: string, learnerId: number, signUpId: number): Promise<boolean>
  /** Deletes stops and emails from before the instants. */
  forget(before: { stops: number; emails: number }): Promise<void>
  /** Learners from earlier versions without a mailbox key. */
  withoutKey(limit: number): Promise<readonly { readonly id: number; readonly address: string }[]>
  setKey(learnerId: number, mailboxKey: string): Promise<void>
}

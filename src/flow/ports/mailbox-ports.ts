import type { DeliveryKind } from '../../core/model.ts'

/** What is known of a mailbox, by `mailboxKey`: one for all spellings of its address. Outlasts the learner. */
export interface Mailboxes {
  /** Counts an email against the limit; false, and nothing is counted, where `limit` were counted since the instant. Once for each delivery. */
  take(email: {
    deliveryId: number
    mailboxKey: string
    kind: DeliveryKind
    now: number
    since: number
    limit: number
  }): Promise<boolean>
  /** Its person said stop: what is planned or being prepared for it of these kinds is cancelled. */
  stop(mailboxKey: string, kinds: readonly DeliveryKind[], now: number): Promise<void>
  /** When its person last said stop, ms UTC; null where they did not, or have come back. */
  stoppedAt(mailboxKey: string): Promise<number | null>
  /** Its person has come back. */
  resume(mailboxKey: string): Promise<void>
  /** Whether an enrolment of this mailbox or learner, or a sign-up up to this one, asked for discreet emails. */
  isDiscreet(mailboxKey: string, learnerId: number, signUpId: number): Promise<boolean>
  /** Forgets stops and emails from before the instants. */
  forget(before: { stops: number; emails: number }): Promise<void>
  /** Learners of earlier versions, whose mailbox is not known yet. */
  withoutKey(limit: number): Promise<readonly { readonly id: number; readonly address: string }[]>
  setKey(learnerId: number, mailboxKey: string): Promise<void>
}

import type { Preferences, SignUp } from '../../core/model.ts'
import type { StoredStart } from './enrolment-ports.ts'

/** What the learner agreed to, and how. Instants are ms UTC. */
export interface ConsentRecord {
  readonly course: string
  readonly language: string | null
  /** The version of the consent text. */
  readonly wording: string
  readonly askedAt: number
  /** Null until it was confirmed. */
  readonly confirmedAt: number | null
  readonly confirmedHow: string | null
  readonly declinedAt: number | null
  /** What was chosen with it. */
  readonly preferences: Preferences
}

/** A text that many rows share. */
export interface SharedText {
  /** SHA-256 of the text, hex. */
  readonly hash: string
  /** Compressed. */
  readonly packed: Uint8Array
}

/** What confirmation emails are rebuilt from. A row is deleted with its sign-up. */
export interface ConfirmationEmails {
  /** `replaces`: whether this one takes the place of what an earlier attempt kept. Within a transaction. */
  keep(
    signUpId: number,
    row: { form: SharedText; wording: SharedText | null; sealed: Uint8Array },
    how: { replaces: boolean },
  ): Promise<void>
  /** The texts are compressed; null if nothing was kept. */
  find(signUpId: number): Promise<{ form: Uint8Array; wording: Uint8Array | null; sealed: Uint8Array } | null>
}

export interface SignUps {
  add(row: {
    learnerId: number
    course: string
    preferences: Preferences
    wording: string
    nonce: string
    tokenHash: string
    now: number
  }): Promise<number>
  byId(id: number): Promise<SignUp | null>
  byTokenHash(hash: string): Promise<SignUp | null>
  /** Oldest first. */
  consentsOf(learnerId: number): Promise<readonly ConsentRecord[]>
  /** `at` null reverts a decline. */
  decline(id: number, at: number | null): Promise<void>
  /**
   * Deletes sign-ups made before this instant (ms UTC) and never confirmed, at most `limit`, and learners with no other
   * data. Returns the number of sign-ups.
   */
  forgetUnconfirmed(before: number, limit: number): Promise<number>
  /** Deletes the sign-ups of one learner that were never confirmed. */
  forgetUnconfirmedOf(learnerId: number): Promise<void>
  /** True if this call confirmed it; false if it was already confirmed. */
  confirm(id: number, row: { now: number; how: string; enrolmentId: number }): Promise<boolean>
  startingPoint(id: number): Promise<StoredStart>
  /** Replaces whatever was stored before, including plain text. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
}

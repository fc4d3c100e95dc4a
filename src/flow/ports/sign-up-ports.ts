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

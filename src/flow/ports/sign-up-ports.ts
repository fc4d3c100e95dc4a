import type { Preferences, SignUp } from '../../core/model.ts'
import type { StoredStart } from './enrolment-ports.ts'

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
  /** `at` null takes the refusal back. */
  decline(id: number, at: number | null): Promise<void>
  /** Deletes sign-ups made before this instant (ms UTC) and never confirmed, `limit` at most, and learners of whom nothing else is left. Returns how many sign-ups. */
  forgetUnconfirmed(before: number, limit: number): Promise<number>
  /** True when this call confirmed it; false when it was confirmed before. */
  confirm(id: number, row: { now: number; how: string; enrolmentId: number }): Promise<boolean>
  startingPoint(id: number): Promise<StoredStart>
  /** Takes the place of whatever was kept before, in clear too. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
}

import type { Enrolment, EnrolmentState, Preferences, Variant } from '../../core/model.ts'

/** A starting point as its row holds it. */
export interface StoredStart {
  readonly sealed: Uint8Array | null
  /** The form of the course in clear, of a row written before it was sealed. It is newer than the sealed one. */
  readonly plain: Variant | null
}

export const NO_STORED_START: StoredStart = { sealed: null, plain: null }

export interface Enrolments {
  add(row: Preferences & { learnerId: number; course: string; now: number }): Promise<Enrolment>
  byId(id: number): Promise<Enrolment | null>
  /** The latest enrolment of this learner in this course. */
  latest(learnerId: number, course: string): Promise<Enrolment | null>
  ofLearner(learnerId: number): Promise<readonly Enrolment[]>
  /** False when the enrolment was not in `from`. */
  move(id: number, from: EnrolmentState, to: EnrolmentState, now: number): Promise<boolean>
  setPreferences(id: number, preferences: Partial<Omit<Preferences, 'shortEmails'>>): Promise<void>
  setShortEmails(id: number, on: boolean): Promise<void>
  /** The same where it is not known yet; elsewhere it changes nothing. */
  settleShortEmails(id: number, on: boolean): Promise<void>
  /** Enrolments of which it is not known yet, in order of id, after this one. */
  withoutShortEmails(afterId: number, limit: number): Promise<readonly Enrolment[]>
  startingPoint(id: number): Promise<StoredStart>
  /** Takes the place of whatever was kept before, in clear too. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
  /** Stops the weekly check-ins alone, or with null lets them come again. */
  setCheckIns(id: number, stoppedAt: number | null): Promise<void>
}

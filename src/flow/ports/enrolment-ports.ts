import type { Enrolment, EnrolmentState, Pause, Preferences, Variant } from '../../core/model.ts'

/** A starting point as stored. */
export interface StoredStart {
  readonly sealed: Uint8Array | null
  /**
   * The variant in plain text, from a row written before variants were sealed. It takes precedence over the sealed one.
   */
  readonly plain: Variant | null
}

export const NO_STORED_START: StoredStart = { sealed: null, plain: null }

export interface Enrolments {
  /** `days`: the number of lessons; null: as many as the course has at any time. */
  add(row: Preferences & { learnerId: number; course: string; days: number | null; now: number }): Promise<Enrolment>
  byId(id: number): Promise<Enrolment | null>
  /** The learner's latest enrolment in this course. */
  latest(learnerId: number, course: string): Promise<Enrolment | null>
  ofLearner(learnerId: number): Promise<readonly Enrolment[]>
  /** False if the enrolment was not in `from`. Every state but `paused` has no pause. */
  move(id: number, from: EnrolmentState, to: EnrolmentState, now: number): Promise<boolean>
  setPreferences(id: number, preferences: Partial<Omit<Preferences, 'shortEmails'>>): Promise<void>
  setShortEmails(id: number, on: boolean): Promise<void>
  /** Sets short emails only where they are not known yet; otherwise changes nothing. */
  settleShortEmails(id: number, on: boolean): Promise<void>
  /** Enrolments for which short emails are not known yet, ordered by id, after this one. */
  withoutShortEmails(afterId: number, limit: number): Promise<readonly Enrolment[]>
  startingPoint(id: number): Promise<StoredStart>
  /** Replaces whatever was stored before, including plain text. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
  /** Since when and until when a paused enrolment is paused. */
  setPause(id: number, pause: Pause): Promise<void>
  /** Stops only the weekly check-ins; null resumes them. */
  setCheckIns(id: number, stoppedAt: number | null): Promise<void>
}

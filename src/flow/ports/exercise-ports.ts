import type { Effort } from '../../core/course/course.ts'
import type { DayProgress } from '../../core/model.ts'
import type { SessionKind } from '../../core/security/session.ts'

export interface Progress {
  complete(enrolmentId: number, day: number, effort: Effort, now: number): Promise<void>
  ofEnrolment(enrolmentId: number): Promise<readonly DayProgress[]>
}

export interface AnswerKey {
  readonly enrolmentId: number
  readonly day: number
  /** Hash of the session that writes. */
  readonly session: string
}

export interface StoredAnswer {
  readonly field: string
  readonly version: number
  readonly sealed: Uint8Array
  readonly savedAt: number
}

/** An answer and the session that wrote it, whose key decrypts it. */
export interface ReadableAnswer extends StoredAnswer {
  readonly session: string
  readonly kept: boolean
}

export interface AnswerStore {
  /** `by`: the kind of the writing session. */
  put(key: AnswerKey, answer: StoredAnswer, by: SessionKind): Promise<void>
  /** Keeps a value that another tab replaced, so that nothing acknowledged is lost. */
  keep(key: AnswerKey, answer: StoredAnswer): Promise<void>
  /** Everything written for this day by one session, or by any if null. Oldest first. */
  readable(enrolmentId: number, day: number, session: string | null): Promise<readonly ReadableAnswer[]>
  /** Keeps only the newest `most` texts this session replaced on this day. */
  trimKept(key: AnswerKey, most: number): Promise<void>
  /** The number of other sessions that wrote something for this day, not counting own sessions. */
  countWriters(key: AnswerKey): Promise<number>
  /** Ids for these snapshots, in the order given; each distinct text is stored once. */
  saveFieldSnapshots(looks: readonly string[]): Promise<readonly number[]>
  /** Snapshots by id. */
  looks(ids: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Whether any other session wrote something for this day. */
  writtenElsewhere(key: AnswerKey): Promise<boolean>
  /** Deletes every text of a field, whichever session wrote it. */
  remove(enrolmentId: number, day: number, field: string): Promise<void>
  /** When an answer of this learner was last saved, or a question or its answer written, in any course, ms UTC; 0 if never. */
  lastSavedAt(learnerId: number): Promise<number>
}

/** Requests to share a letter. */
export interface Sharing {
  /** Records a request. A repeated call keeps the first time. */
  ask(enrolmentId: number, day: number, now: number): Promise<void>
  askedAt(enrolmentId: number, day: number): Promise<number | null>
  /** Deletes the request for one day, or all of them if null. */
  forget(enrolmentId: number, day: number | null): Promise<void>
}

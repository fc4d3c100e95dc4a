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

/** `session` wrote it, and it opens under that session's key. */
export interface ReadableAnswer extends StoredAnswer {
  readonly session: string
  readonly kept: boolean
}

export interface AnswerStore {
  /** `by`: the kind of the session that writes. */
  put(key: AnswerKey, answer: StoredAnswer, by: SessionKind): Promise<void>
  /** Values another tab replaced; kept so that nothing acknowledged is lost. */
  keep(key: AnswerKey, answer: StoredAnswer): Promise<void>
  /** Everything written for this day, by one session or, with null, by any. Oldest first. */
  readable(enrolmentId: number, day: number, session: string | null): Promise<readonly ReadableAnswer[]>
  /** Of what this session replaced on this day the newest `most` stay. */
  trimKept(key: AnswerKey, most: number): Promise<void>
  /** How many other sessions wrote something for this day; own sessions are none of them. */
  countWriters(key: AnswerKey): Promise<number>
  /** Numbers for these texts, each kept once; in the order given. */
  saveFieldSnapshots(looks: readonly string[]): Promise<readonly number[]>
  /** The texts by their numbers. */
  looks(ids: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Whether any other session wrote something for this day. */
  writtenElsewhere(key: AnswerKey): Promise<boolean>
}

/** Letters that wait to be shared. */
export interface Sharing {
  /** Notes the wish; a second time keeps the first instant. */
  ask(enrolmentId: number, day: number, now: number): Promise<void>
  askedAt(enrolmentId: number, day: number): Promise<number | null>
  /** Of one day, or with null of all. */
  forget(enrolmentId: number, day: number | null): Promise<void>
}

import type { Session, SessionKind } from '../../core/security/session.ts'
import type { StoredStart } from './enrolment-ports.ts'

/** Rows with a variant in plain text, to be sealed gradually while the service runs. */
export interface Unsealed {
  /** Ordered by id, after this one. */
  starts(owner: StartTable, after: number, limit: number): Promise<readonly UnsealedStart[]>
  /** False if the row has changed meanwhile. */
  sealStart(owner: StartTable, row: UnsealedStart, sealed: Uint8Array): Promise<boolean>
  /** Ordered by id, after this one. */
  variants(after: number, limit: number): Promise<readonly UnsealedVariant[]>
  /** Null: there is no variant to store. False if the row has changed meanwhile. */
  sealVariant(row: UnsealedVariant, sealed: Uint8Array | null): Promise<boolean>
  /**
   * Seals field names in the next rows of answers that have them in plain text. `last`: the id to continue after; null
   * if none was left.
   */
  sealFields(after: number, limit: number): Promise<{ readonly last: number | null; readonly sealed: number }>
  /** Requests a rewrite of the file, to remove the remains of the plain text from it as well. */
  askForRewrite(): Promise<void>
}

export type StartTable = 'sign_up' | 'enrolment'

export interface UnsealedStart {
  readonly id: number
  readonly learnerId: number
  readonly sealed: StoredStart['sealed']
  readonly track: string | null
  /** The overlays as stored. */
  readonly text: string
}

export interface UnsealedVariant {
  readonly id: number
  readonly learnerId: number
  readonly course: string | null
  readonly hasLeft: boolean
  /** As stored. */
  readonly text: string
}

export interface Sessions {
  /** `hash` is the SHA-256 of the cookie's value. Fails if it exists already, because sessions are never reused. */
  open(row: {
    hash: string
    learnerId: number
    kind: SessionKind
    now: number
    readsFrom?: number | null
  }): Promise<void>
  /**
   * Includes sessions expired by age or idleness, which flow/security/sessions.ts checks. Null after the session was
   * ended.
   */
  find(hash: string, learnerId: number): Promise<Session | null>
  /**
   * The session, if its learner has an enrolment in this course, whatever its state. A writer session must have written in
   * it: with the link of one course it must not find out about another. Includes expired ones, as `find` does.
   */
  findInCourse(hash: string, course: string): Promise<Session | null>
  touch(hash: string, learnerId: number, now: number): Promise<void>
  end(hash: string): Promise<void>
  endOthers(learnerId: number, kind: SessionKind, except: string): Promise<void>
  /** Ends every session of this learner, of both kinds. */
  endAll(learnerId: number): Promise<void>
  /** Ends all sessions of this kind except the `most` used last. */
  endAllBut(learnerId: number, kind: SessionKind, most: number): Promise<void>
  /**
   * Deletes sessions expired by age and by idleness, at most `limit` rows each. Returns the larger number. Instants are
   * ms UTC.
   */
  forget(over: { openedBefore: number; usedBefore: number }, limit: number): Promise<number>
}

/** Why a page of the learner asked for an emailed link. The person is taken there once it has opened. */
export const PAGE_GOALS = ['days', 'settings', 'start', 'word', 'take', 'finished', 'questions'] as const
export type LinkGoal = (typeof PAGE_GOALS)[number] | 'erase' | 'back' | 'address'

export interface EmailedLink {
  readonly learnerId: number
  /** The day of the page where it was requested; null if none. */
  readonly day: number | null
  readonly goal: LinkGoal
  readonly isUsed: boolean
  /** Attempts at the reading word with this link. */
  readonly tries: number
}

/** Emailed links that open something, once. Each belongs to the delivery that contains it. */
export interface EmailedLinks {
  add(row: { deliveryId: number; learnerId: number; day: number | null; goal: LinkGoal; now: number }): Promise<void>
  find(deliveryId: number): Promise<EmailedLink | null>
  /** Uses up every link of this learner that is still open. */
  useAll(learnerId: number, now: number): Promise<void>
  /** True for exactly one caller. */
  use(deliveryId: number, now: number): Promise<boolean>
  /**
   * Counts an attempt. False if the link was used, or if this link or all of the learner's links made since the instant
   * have reached their limit. Concurrent calls cannot exceed it.
   */
  countTry(deliveryId: number, most: { ofLink: number; ofAll: number; since: number }): Promise<boolean>
  /** Attempts with all links of this learner made since the instant. */
  triesSince(learnerId: number, since: number): Promise<number>
  /** Deletes links made before the instant, at most `limit` rows. Returns how many. */
  forget(before: number, limit: number): Promise<number>
}

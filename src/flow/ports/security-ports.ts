import type { Session, SessionKind } from '../../core/security/session.ts'
import type { StoredStart } from './enrolment-ports.ts'

/** Rows that still hold the form of the course in clear: to be sealed by and by, while the service runs. */
export interface Unsealed {
  /** In order of id, after this one. */
  starts(owner: StartTable, after: number, limit: number): Promise<readonly UnsealedStart[]>
  /** False when the row changed meanwhile. */
  sealStart(owner: StartTable, row: UnsealedStart, sealed: Uint8Array): Promise<boolean>
  /** In order of id, after this one. */
  variants(after: number, limit: number): Promise<readonly UnsealedVariant[]>
  /** Null: no form is to be kept. False when the row changed meanwhile. */
  sealVariant(row: UnsealedVariant, sealed: Uint8Array | null): Promise<boolean>
  /** Seals the names of fields in the next rows of answers that hold them in clear. `last`: the id to go on after; null: none was left. */
  sealFields(after: number, limit: number): Promise<{ readonly last: number | null; readonly sealed: number }>
  /** What was there in clear is to leave the file too, when there is time. */
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
  /** `hash` is SHA-256 of the cookie's value. Fails for one that is there already: no session is ever opened anew. */
  open(row: { hash: string; learnerId: number; kind: SessionKind; now: number }): Promise<void>
  /** Also one that is over by age or idleness; flow/security/sessions.ts looks. Null once it was ended. */
  find(hash: string, learnerId: number): Promise<Session | null>
  touch(hash: string, learnerId: number, now: number): Promise<void>
  end(hash: string): Promise<void>
  endOthers(learnerId: number, kind: SessionKind, except: string): Promise<void>
  /** Ends all of this kind but the `most` used last. */
  endAllBut(learnerId: number, kind: SessionKind, most: number): Promise<void>
  /** Deletes what is over by age and by idleness, of each `limit` rows at most; returns the larger number. Instants ms UTC. */
  forget(over: { openedBefore: number; usedBefore: number }, limit: number): Promise<number>
}

/** What a link of an email was asked for; the person lands there once it has opened. */
export const LINK_GOALS = ['days', 'settings', 'start', 'word', 'erase'] as const
export type LinkGoal = (typeof LINK_GOALS)[number]

export interface EmailedLink {
  readonly learnerId: number
  /** The day of the page on which it was asked for; null for none. */
  readonly day: number | null
  readonly goal: LinkGoal
  readonly isUsed: boolean
  /** Reading words tried with it. */
  readonly tries: number
}

/** Links of emails that open something, once; each belongs to the delivery that brings it. */
export interface EmailedLinks {
  add(row: { deliveryId: number; learnerId: number; day: number | null; goal: LinkGoal; now: number }): Promise<void>
  find(deliveryId: number): Promise<EmailedLink | null>
  /** True for exactly one caller. */
  use(deliveryId: number, now: number): Promise<boolean>
  /**
   * Counts a try; false when it was used, or as many were counted already as this link may have, or all of the learner's
   * made since the instant. However many come at once, no more are counted.
   */
  countTry(deliveryId: number, most: { ofLink: number; ofAll: number; since: number }): Promise<boolean>
  /** Of all links of this learner made since the instant. */
  triesSince(learnerId: number, since: number): Promise<number>
  /** Deletes those made before the instant, `limit` rows at most; returns how many. */
  forget(before: number, limit: number): Promise<number>
}

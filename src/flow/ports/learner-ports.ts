import type { Learner } from '../../core/model.ts'

export interface Learners {
  /** The learner with this address key, created if missing. An existing learner is not changed. */
  ensure(row: { address: string; addressKey: string; mailboxKey?: string; now: number }): Promise<Learner>
  byId(id: number): Promise<Learner | null>
  /**
   * Deletes the learner and all their data, with a former address and one they asked to change to. Suppressions are kept:
   * they contain a keyed hash and no address.
   */
  erase(id: number): Promise<void>
  /** The hash of the learner's reading word, from core/security/reading-word.ts; null if none is set. */
  readingWord(id: number): Promise<string | null>
  setReadingWord(id: number, hash: string | null): Promise<void>
  /** How often the recovery code was replaced; null if there is none. */
  recoveryRound(id: number): Promise<number | null>
  /** `hash` must be unique. False if the round is no longer `before`, so that two calls do not replace each other's. */
  setRecovery(id: number, recovery: { before: number | null; round: number; hash: string }): Promise<boolean>
  byRecoveryHash(hash: string): Promise<number | null>
  /** Whether this person, who reads on the web only, allows an email with a link to their courses. */
  allowsWayBackEmail(id: number): Promise<boolean>
  setWayBackEmail(id: number, allowed: boolean): Promise<void>
  /** The instant (ms UTC) before which links open nothing that was written, whatever its age; null: there is none. */
  linksReadFrom(id: number): Promise<number | null>
  setLinksReadFrom(id: number, at: number | null): Promise<void>
  /**
   * Deletes learners who asked for a way back before this instant (ms UTC) and are known for nothing else: no course and
   * no sign-up.
   */
  forgetStrangers(before: number): Promise<void>
  /** The wrapped data key. Stores `fresh` first if there is none. */
  dataKey(id: number, fresh: () => Uint8Array): Promise<Uint8Array>
}

import type { Learner } from '../../core/model.ts'

export interface Learners {
  /** The learner with this address key, created if missing. An existing learner is not changed. */
  ensure(row: { address: string; addressKey: string; mailboxKey?: string; now: number }): Promise<Learner>
  byId(id: number): Promise<Learner | null>
  /** Deletes the learner and all their data. Suppressions are kept: they contain a keyed hash and no address. */
  erase(id: number): Promise<void>
  /** The hash of the learner's reading word, from core/security/reading-word.ts; null if none is set. */
  readingWord(id: number): Promise<string | null>
  setReadingWord(id: number, hash: string | null): Promise<void>
  /** The wrapped data key. Stores `fresh` first if there is none. */
  dataKey(id: number, fresh: () => Uint8Array): Promise<Uint8Array>
}

import type { Learner } from '../../core/model.ts'

export interface Learners {
  /** The learner with this address key, created when absent; a known learner stays as they are. */
  ensure(row: { address: string; addressKey: string; mailboxKey?: string; now: number }): Promise<Learner>
  byId(id: number): Promise<Learner | null>
  /** The learner and everything of theirs. Suppressions stay: they hold a keyed hash and no address. */
  erase(id: number): Promise<void>
  /** What core/security/reading-word.ts made of the learner's reading word; null: none was set. */
  readingWord(id: number): Promise<string | null>
  setReadingWord(id: number, hash: string | null): Promise<void>
  /** The wrapped data key; stores `fresh` first when there is none. */
  dataKey(id: number, fresh: () => Uint8Array): Promise<Uint8Array>
}

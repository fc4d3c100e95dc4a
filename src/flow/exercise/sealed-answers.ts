import type { Answer } from '../../core/course/fields/field-definition.ts'
import type { AnswerKey, StoredAnswer } from '../ports/exercise-ports.ts'
import type { LearnerSealer } from '../security/learner-sealer.ts'

/** Binds an answer to its place: it cannot be decrypted for another day, field or version. */
function contextOf(key: AnswerKey, field: string, version: number): string {
  return JSON.stringify(['answer', key.enrolmentId, key.day, key.session, field, version])
}

/** Marks an answer that refers to a field snapshot. A plain answer never begins with a number. */
const SNAPSHOT_MARKER = 2
/** Fixed length, so that the size of the ciphertext does not reveal which snapshot it refers to. */
const ID_DIGITS = 9

/** An answer, and the number of its field snapshot (`AnswerStore.looks`); null if unknown. */
export interface OpenedAnswer {
  readonly value: Answer
  readonly snapshotId: number | null
}

/** `sealer` belongs to the learner who wrote the answer. */
export async function openAnswer(sealer: LearnerSealer, key: AnswerKey, stored: StoredAnswer): Promise<OpenedAnswer> {
  const plain: unknown = JSON.parse(await sealer.open(contextOf(key, stored.field, stored.version), stored.sealed))
  if (!Array.isArray(plain) || plain[0] !== SNAPSHOT_MARKER) return { value: plain as Answer, snapshotId: null }
  const [, value, id] = plain as [number, Answer, string]
  return { value, snapshotId: Number(id) }
}

export async function sealAnswer(
  sealer: LearnerSealer,
  key: AnswerKey,
  answer: OpenedAnswer & { field: string; version: number; now: number },
): Promise<StoredAnswer> {
  const { field, version, value, snapshotId, now } = answer
  const plain = snapshotId === null ? value : [SNAPSHOT_MARKER, value, String(snapshotId).padStart(ID_DIGITS, '0')]
  return {
    field,
    version,
    sealed: await sealer.seal(contextOf(key, field, version), JSON.stringify(plain)),
    savedAt: now,
  }
}

import type { Answer } from '../../core/course/fields/field-definition.ts'
import type { AnswerKey, StoredAnswer } from '../ports/exercise-ports.ts'
import type { LearnerSealer } from '../security/learner-sealer.ts'

/** What an answer is bound to: opened in another place, as another field or another version, it fails. */
function contextOf(key: AnswerKey, field: string, version: number): string {
  return JSON.stringify(['answer', key.enrolmentId, key.day, key.session, field, version])
}

/** Stands first where an answer names the look of its field; an answer alone never begins with a number. */
const SNAPSHOT_MARKER = 2
/** Of one length, so that the size of what is sealed does not tell one look from another. */
const ID_DIGITS = 9

/** An answer, and the number of what its field looked like (`AnswerStore.looks`); null where it is not known. */
export interface OpenedAnswer {
  readonly value: Answer
  readonly snapshotId: number | null
}

/** `sealer`: that of the learner who wrote it. */
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

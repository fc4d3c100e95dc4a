import type { Answer } from '../core/course.ts'
import type { Ports } from './ports.ts'
import type { AnswerKey, Repositories, StoredAnswer } from './store-ports.ts'

/** What an answer is bound to: opened in another place, as another field or another version, it fails. */
function contextOf(key: AnswerKey, field: string, version: number): string {
  return JSON.stringify(['answer', key.enrolmentId, key.day, key.session, field, version])
}

/** `unit`: inside a transaction the repositories handed to it, else the store. */
export async function openAnswer(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  key: AnswerKey,
  stored: StoredAnswer,
): Promise<Answer> {
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  return JSON.parse(ports.sealer.open(dataKey, learnerId, contextOf(key, stored.field, stored.version), stored.sealed))
}

export async function sealAnswer(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  key: AnswerKey,
  answer: { field: string; version: number; value: Answer; now: number },
): Promise<StoredAnswer> {
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  return {
    field: answer.field,
    version: answer.version,
    sealed: ports.sealer.seal(
      dataKey,
      learnerId,
      contextOf(key, answer.field, answer.version),
      JSON.stringify(answer.value),
    ),
    savedAt: answer.now,
  }
}

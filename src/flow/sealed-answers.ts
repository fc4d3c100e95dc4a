import type { Answer, Field } from '../core/course.ts'
import type { Written } from '../core/former-answers.ts'
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
): Promise<Written> {
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  const { field, look } = stored
  const value = JSON.parse(
    ports.sealer.open(dataKey, learnerId, contextOf(key, field, stored.version), stored.sealed),
  ) as Answer
  return { field, value, look: look === null ? null : (JSON.parse(look) as Field) }
}

export async function sealAnswer(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  key: AnswerKey,
  answer: Written & { version: number; now: number },
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
    look: answer.look === null ? null : JSON.stringify(answer.look),
  }
}

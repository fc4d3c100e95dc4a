import type { Answer } from '../core/course.ts'
import type { Shown, Written } from '../core/former-answers.ts'
import type { Ports } from './ports.ts'
import type { AnswerKey, Repositories, StoredAnswer } from './store-ports.ts'

/** What an answer is bound to: opened in another place, as another field or another version, it fails. */
function contextOf(key: AnswerKey, field: string, version: number): string {
  return JSON.stringify(['answer', key.enrolmentId, key.day, key.session, field, version])
}

/** Stands first in what is sealed since answers keep how they looked; an answer alone never begins with a number. */
const WITH_SHOWN = 2

/** `unit`: inside a transaction the repositories handed to it, else the store. */
export async function openAnswer(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  key: AnswerKey,
  stored: StoredAnswer,
): Promise<Written> {
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  const plain: unknown = JSON.parse(
    ports.sealer.open(dataKey, learnerId, contextOf(key, stored.field, stored.version), stored.sealed),
  )
  const { field } = stored
  if (!Array.isArray(plain) || plain[0] !== WITH_SHOWN) return { field, value: plain as Answer, shown: null }
  const [, value, shown] = plain as [number, Answer, Shown]
  return { field, value, shown }
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
      JSON.stringify(answer.shown === null ? answer.value : [WITH_SHOWN, answer.value, answer.shown]),
    ),
    savedAt: answer.now,
  }
}

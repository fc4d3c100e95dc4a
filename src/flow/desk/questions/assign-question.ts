import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { authorsOf, questionFor } from './question-access.ts'

/**
 * Says whose question it is; `to` null: nobody's. Fails with `not-found`, and with `bad-input` for somebody who does not answer
 * for its course or a question that was closed meanwhile.
 */
export async function assignQuestion(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  questionId: number,
  to: number | null,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const { course, learnerId } = await questionFor(unit, operatorId, questionId)
    if (to !== null && !(await authorsOf(unit, course)).includes(to))
      throw new AppError('bad-input', phrase('desk.errors.not-author'))
    if (!(await unit.questions.set(questionId, ['waiting', 'answered'], { assignedTo: to })))
      throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
    const details = { question: questionId, to: to ?? 'nobody' }
    await recordAct(ports, unit, { operatorId, act: 'assign-question', learnerId, details })
  })
}

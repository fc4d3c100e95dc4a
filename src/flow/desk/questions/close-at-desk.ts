import type { AuditAct } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { nextQuestionState } from '../../../core/question/question.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ClosingAct, closeQuestion } from '../../question/close-question.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { questionFor } from './question-access.ts'

/** What ends a thread or takes that back. Spam also keeps its learner from asking more in the course. */
export const CLOSING_ACTS = ['close', 'reopen', 'spam', 'not-spam'] as const satisfies readonly ClosingAct[]

const RECORDED: Readonly<Record<ClosingAct, AuditAct>> = {
  close: 'close-question',
  reopen: 'reopen-question',
  spam: 'block-questions',
  'not-spam': 'unblock-questions',
}

/** Fails with `not-found`, and with `bad-input` where that is so already. */
export async function closeAtDesk(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  questionId: number,
  act: ClosingAct,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const question = await questionFor(unit, operatorId, questionId)
    if (nextQuestionState(act, question) === null)
      throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
    await closeQuestion(ports, unit, { questionId, operatorId, act })
    const { learnerId } = question
    await recordAct(ports, unit, { operatorId, act: RECORDED[act], learnerId, details: { question: questionId } })
  })
}

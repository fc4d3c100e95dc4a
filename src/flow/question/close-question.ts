import { AppError } from '../../core/errors.ts'
import { nextQuestionState, type QuestionAct } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { questionGone } from './find-own-question.ts'

export type ClosingAct = Extract<QuestionAct, 'close' | 'reopen' | 'spam' | 'not-spam'>

/**
 * An author closes a question or opens it again, within the caller's transaction. With `spam` its learner can ask nothing
 * more in this course, which `not-spam` undoes, and a text that was proposed for the library is taken back: their own words
 * would stand there without a look of an author. The email that would ask how it is does not come for a question that is
 * closed. The caller has checked that this operator answers for the course. Fails with `gone`.
 */
export async function closeQuestion(
  ports: Pick<Ports, 'clock'>,
  unit: Repositories,
  {
    questionId,
    operatorId,
    act,
  }: { readonly questionId: number; readonly operatorId: number; readonly act: ClosingAct },
): Promise<void> {
  const question = await unit.questions.byId(questionId)
  if (question === null) throw questionGone()
  const state = nextQuestionState(act, question)
  if (state === null) throw cannot()
  const at = ports.clock.now()
  const closedAt = state === 'closed' || state === 'spam' ? at : null
  if (!(await unit.questions.set(questionId, [question.state], { state, closedAt }))) throw cannot()
  const { learnerId, course } = question
  if (act === 'spam') {
    await unit.questions.block({ learnerId, course, operatorId, at })
    await takeProposalBack(unit, questionId, at)
  }
  if (act === 'not-spam') await unit.questions.unblock(learnerId, course)
}

function cannot(): AppError {
  return new AppError('gone', phrase('question.errors.cannot'))
}

async function takeProposalBack(
  { deliveries, publications }: Pick<Repositories, 'deliveries' | 'publications'>,
  questionId: number,
  at: number,
): Promise<void> {
  if (!(await publications.end(questionId, ['proposed'], 'removed', at))) return
  const deliveryId = (await publications.find(questionId))?.deliveryId ?? null
  if (deliveryId !== null) await deliveries.cancelWaiting(deliveryId, 'the text was taken back', at)
}

import { AppError } from '../../../core/errors.ts'
import { nextQuestionState, QUESTION_MAX } from '../../../core/question/question.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { answerQuestion } from '../../question/answer-question.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { questionFor } from './question-access.ts'

export interface WrittenAnswer {
  readonly operatorId: number
  readonly questionId: number
  readonly text: string
  /** The last message of the thread that its author had seen. */
  readonly seen: number
}

/**
 * Sends an answer, once its author has seen everything that was written. False, sending nothing, if somebody has written
 * meanwhile: a colleague an answer, or the learner something more. The draft is deleted, and a question of nobody becomes its
 * author's. Fails with `not-found`, and with `bad-input` for an empty or long text and a question that was closed.
 */
export async function sendAnswer(
  ports: RecordPorts & Pick<Ports, 'calendar' | 'courses' | 'store'>,
  { operatorId, questionId, text, seen }: WrittenAnswer,
): Promise<boolean> {
  if (text === '') throw new AppError('bad-input', phrase('desk.errors.answer-empty'))
  if (text.length > QUESTION_MAX)
    throw new AppError('bad-input', phrase('desk.errors.answer-long', { most: QUESTION_MAX }))
  return ports.store.transaction(async (unit) => {
    const question = await questionFor(unit, operatorId, questionId)
    if (nextQuestionState('answer', question) === null)
      throw new AppError('bad-input', phrase('desk.questions.not-open'))
    const last = (await unit.questions.messages(questionId)).at(-1)
    if (last?.id !== seen) return false
    await answerQuestion(ports, unit, { questionId, operatorId, text })
    if (question.assignedTo === null) await unit.questions.set(questionId, ['answered'], { assignedTo: operatorId })
    await unit.questionDrafts.remove(questionId, operatorId)
    const { learnerId } = question
    await recordAct(ports, unit, { operatorId, act: 'send-answer', learnerId, details: { question: questionId } })
    return true
  })
}

import { draftContext } from '../../../core/desk/answering.ts'
import { AppError } from '../../../core/errors.ts'
import { QUESTION_MAX } from '../../../core/question/question.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { learnerSealer } from '../../security/learner-sealer.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { questionFor } from './question-access.ts'

/**
 * Keeps an author's draft of an answer, sealed under the learner's key; an empty one is deleted. `passageId`: a saved passage of
 * the course to put at its end. Fails with `not-found`, and with `bad-input` for a text that no answer may have.
 */
export async function writeDraft(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  questionId: number,
  written: string,
  passageId: number | null,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const { course, learnerId } = await questionFor(unit, operatorId, questionId)
    const passage = passageId === null ? null : await unit.savedPassages.byId(passageId)
    if (passage !== null && passage.course !== course) throw new AppError('not-found', phrase('desk.errors.no-passage'))
    const text = [written, passage?.text ?? ''].filter((part) => part !== '').join('\n\n')
    if (text.length > QUESTION_MAX)
      throw new AppError('bad-input', phrase('desk.errors.answer-long', { most: QUESTION_MAX }))
    if (text === '') await unit.questionDrafts.remove(questionId, operatorId)
    else {
      const sealed = await learnerSealer(ports, unit, learnerId).seal(draftContext(questionId, operatorId), text)
      await unit.questionDrafts.save({ questionId, operatorId, sealed, at: ports.clock.now() })
    }
    await recordAct(ports, unit, { operatorId, act: 'draft-answer', learnerId, details: { question: questionId } })
  })
}

import { AppError } from '../../core/errors.ts'
import { nextQuestionState } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { requireOwnSession } from '../security/sessions.ts'
import { type Asked, notTaken } from './ask-question.ts'
import { findOwnQuestion } from './find-own-question.ts'

/**
 * The learner's word on a message that came by email in their name: with a yes it waits for an answer from now on, with a no
 * it is deleted. Returns null after a no. Fails with `not-fresh` or `not-yet` without an own session, `not-yet` where the
 * course takes no questions of this learner, and `gone` if it was confirmed or deleted before.
 */
export async function confirmQuestion(
  ports: Pick<Ports, 'clock' | 'store'>,
  { enrolment, course, viewer }: LessonVisit,
  id: number,
  word: 'yes' | 'no',
): Promise<Asked | null> {
  requireOwnSession(viewer.session)
  return ports.store.transaction(async (unit) => {
    const question = await findOwnQuestion(unit, enrolment, id)
    const state = nextQuestionState('confirm', question)
    if (state === null) throw cannot()
    if (word === 'no') {
      await unit.questions.remove(id)
      return null
    }
    if (course.questions === null || (await unit.questions.isBlocked(enrolment.learnerId, course.name)))
      throw notTaken()
    const now = ports.clock.now()
    if (!(await unit.questions.set(id, [question.state], { state, waitingSince: now, touchedAt: now }))) throw cannot()
    return { questionId: id, showsHelp: question.urgent }
  })
}

function cannot(): AppError {
  return new AppError('gone', phrase('question.errors.cannot'))
}

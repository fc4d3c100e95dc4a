import type { Question } from '../../core/question/question.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { questionGone } from './find-own-question.ts'
import { type OpenedMessage, openMessages } from './sealed-messages.ts'

/** A question as its author sees it: never the address, and nothing of the exercises. */
export interface AuthorsQuestion {
  readonly question: Question
  /** As the learner typed it; null unless they allow it and gave one. */
  readonly firstName: string | null
  /** The title of the lesson where it was asked; null for none. */
  readonly lessonTitle: string | null
  readonly messages: readonly OpenedMessage[]
}

/**
 * Decrypts one question, within the caller's transaction. The caller has checked that this operator answers for the course,
 * and writes the audit line in the same transaction. Fails with `gone`, also for one that waits for the learner's yes.
 */
export async function openQuestionForAuthor(
  ports: Pick<Ports, 'sealer' | 'courses'>,
  unit: Repositories,
  id: number,
): Promise<AuthorsQuestion> {
  const question = await unit.questions.byId(id)
  const enrolment = question && (await unit.enrolments.byId(question.enrolmentId))
  if (question === null || enrolment === null || question.state === 'unconfirmed') throw questionGone()
  const course = courseOfEnrolment(ports, enrolment)
  return {
    question,
    firstName: question.allowsName && enrolment.name !== '' ? enrolment.name : null,
    lessonTitle: course?.lessons.find(({ day }) => day === question.day)?.title ?? null,
    messages: await openMessages(ports, unit, question),
  }
}

import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import type { Question } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** A question that this learner asked in this course, in whichever round. Fails with `gone`. */
export async function findOwnQuestion(
  unit: Pick<Repositories, 'questions'>,
  { learnerId, course }: Pick<Enrolment, 'learnerId' | 'course'>,
  id: number,
): Promise<Question> {
  const question = await unit.questions.byId(id)
  if (question === null || question.learnerId !== learnerId || question.course !== course) throw questionGone()
  return question
}

export function questionGone(): AppError {
  return new AppError('gone', phrase('question.errors.gone'))
}

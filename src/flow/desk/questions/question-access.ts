import { AppError } from '../../../core/errors.ts'
import type { Question } from '../../../core/question/question.ts'
import { phrase } from '../../../core/words.ts'
import type { Repositories } from '../../ports/store-ports.ts'

type AccessPorts = Pick<Repositories, 'answersFor' | 'questions'>

/**
 * A question, for an operator who answers for its course. Fails with `not-found` for every other operator, whatever their role, so
 * that they cannot tell whether it exists; also for a reply that its learner has not confirmed.
 */
export async function questionFor(store: AccessPorts, operatorId: number, questionId: number): Promise<Question> {
  const question = await store.questions.byId(questionId)
  if (question === null || question.state === 'unconfirmed') throw noQuestion()
  if (!(await store.answersFor.coursesOf(operatorId)).includes(question.course)) throw noQuestion()
  return question
}

/** Who answers for a course, by operator. */
export async function authorsOf({ answersFor }: Pick<Repositories, 'answersFor'>, course: string): Promise<number[]> {
  return (await answersFor.all()).filter((one) => one.course === course).map(({ operatorId }) => operatorId)
}

export function noQuestion(): AppError {
  return new AppError('not-found', phrase('desk.errors.no-question'))
}

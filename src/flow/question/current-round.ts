import type { Enrolment } from '../../core/model.ts'
import type { Repositories } from '../ports/store-ports.ts'

/**
 * The round of the course in which the learner takes part now, which may be later than the one in which they asked. Whether
 * they want email, and how, is said there. Null if the enrolment is gone.
 */
export async function currentRound(
  { enrolments }: Pick<Repositories, 'enrolments'>,
  enrolmentId: number,
): Promise<Enrolment | null> {
  const asked = await enrolments.byId(enrolmentId)
  if (asked === null) return null
  const all = await enrolments.ofLearner(asked.learnerId)
  return all.findLast(({ course }) => course === asked.course) ?? asked
}

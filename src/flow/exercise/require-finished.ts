import { AppError } from '../../core/errors.ts'
import type { DayProgress, Delivery } from '../../core/model.ts'
import { phrase } from '../../core/words.ts'
import { isOpen } from '../enrolment/view-week.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'

/**
 * The rows of an enrolment whose course is finished for its learner: the last lesson is done, or the closing email was
 * sent. Fails with `not-yet` before that.
 */
export async function requireFinished(
  { store }: Pick<Ports, 'store'>,
  { enrolment, course }: LessonVisit,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly progress: readonly DayProgress[] }> {
  const deliveries = await store.deliveries.ofEnrolment(enrolment.id)
  const progress = await store.progress.ofEnrolment(enrolment.id)
  const isLastDone = progress.some(({ day }) => day === course.lessons.length)
  const isClosed = deliveries.some((row) => row.kind === 'closing' && isOpen(row))
  if (isLastDone || isClosed || enrolment.state === 'finished') return { deliveries, progress }
  throw new AppError('not-yet', phrase('finished.not-yet'))
}

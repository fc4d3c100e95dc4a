import { COMMON_VARIANT, isStillToCome } from '../../../core/model.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

/** Says, the day before, when the next lesson comes after a pause. It leads to the settings, where a pause can be longer. */
export async function choosePauseEmail(
  ports: Pick<Ports, 'clock' | 'store' | 'courses'>,
  { kind, row, enrolment }: ChoiceRequest<'pause-ending'>,
): Promise<EmailContent<'pause-ending'> | NoEmail> {
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !course) return noEmail('the course no longer exists')
  const days = (await ports.store.deliveries.ofEnrolment(enrolment.id)).filter(({ day }) => day !== null)
  const next = days.find(isStillToCome)
  // A second copy repeats the first, whatever the time.
  const at = row.firstHandoverAt ?? ports.clock.now()
  if (next === undefined || next.dueAt <= at) return noEmail('the pause is over')
  return {
    kind,
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: enrolment.discreet,
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    open: {
      enrolmentId: enrolment.id,
      day: days.findLast(({ firstHandoverAt }) => firstHandoverAt !== null)?.day ?? 1,
    },
    stop: { enrolmentId: enrolment.id },
    nextLessonAt: next.dueAt,
  }
}

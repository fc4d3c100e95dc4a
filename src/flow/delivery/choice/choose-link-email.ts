import { COMMON_VARIANT } from '../../../core/model.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ChoiceRequest, type EmailContent, isLinkOver, type NoEmail, noEmail } from './email-choice.ts'

/**
 * A link that the learner asked for. It is generated again for every attempt, so that it is still valid for its full
 * lifetime when the email arrives.
 */
export async function chooseLinkEmail<Kind extends 'reading-link' | 'erase-link'>(
  ports: Pick<Ports, 'courses' | 'store'>,
  { kind, row, enrolment }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  if (await isLinkOver(ports, row)) return noEmail('the link has been used')
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !course) return noEmail('the course no longer exists')
  return {
    kind,
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: enrolment.discreet,
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    open: { enrolmentId: enrolment.id, deliveryId: row.id },
    stop: { enrolmentId: enrolment.id },
    nextLessonAt: null,
  }
}

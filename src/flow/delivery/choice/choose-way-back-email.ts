import { COMMON_VARIANT } from '../../../core/model.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ChoiceRequest, type EmailContent, isLinkOver, type NoEmail, noEmail } from './email-choice.ts'

/**
 * The way back to a learner's courses. Chosen here rather than in the request, whose response is the same for every
 * address. Who reads on the web only gets it if they allowed it, and then in the discreet form.
 */
export async function chooseWayBackEmail<Kind extends 'way-back'>(
  ports: Pick<Ports, 'store' | 'courses'>,
  { kind, row }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  if (await isLinkOver(ports, row)) return noEmail('the link has been used')
  const enrolments = await ports.store.enrolments.ofLearner(row.learnerId)
  const known = enrolments.filter((enrolment) => courseOfEnrolment(ports, enrolment) !== null)
  const latest = known.at(-1)
  const course = latest && courseOfEnrolment(ports, latest)
  if (!latest || !course) return noEmail('there is no course at this address')
  const isWebOnly = known.every(({ webOnly }) => webOnly)
  if (isWebOnly && !(await ports.store.learners.allowsWayBackEmail(row.learnerId)))
    return noEmail('this learner reads on the web only')
  return {
    kind,
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: isWebOnly || known.some(({ discreet }) => discreet),
    name: latest.name,
    timeZone: latest.timeZone,
    open: { learnerId: row.learnerId, deliveryId: row.id },
    stop: { enrolmentId: latest.id },
    nextLessonAt: null,
  }
}

import { navigationLinks } from '../../../core/course/public-pages.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import { checkInAt } from '../../enrolment/check-ins.ts'
import { hasShortEmails } from '../../enrolment/short-emails.ts'
import { openStart } from '../../enrolment/starting-point.ts'
import type { Ports } from '../../ports/ports.ts'
import { courseForDelivery, sentVariant } from '../sent-variant.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

type CourseEmailKind = 'lesson' | 'closing' | 'check-in'

/** A day of the course, in its learner's variant. */
export async function chooseCourseEmail<Kind extends CourseEmailKind>(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'sealer'>,
  { kind, row, enrolment, start: stored, sealer }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  const current = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !current || row.day === null) return noEmail('the course no longer exists')
  const start = await openStart(sealer, { enrolment: enrolment.id }, stored)
  const variant = await sentVariant(sealer, row, start)
  const course = courseForDelivery(ports.courses, current, row, variant)
  const resources = ports.courses.resourcesOf(course.name, course.language)
  const isLesson = kind === 'lesson'
  if (isLesson && !course.lessons.some((lesson) => lesson.day === row.day))
    return noEmail('the course no longer has this day')
  const checkIn = kind === 'check-in' ? checkInAt(ports, course, row.day) : null
  if (kind === 'check-in' && checkIn === null) return noEmail('the course no longer has this check-in')
  // Short emails are the only effect of a restriction on an email; safety answers do not change it in any other way.
  const short = await hasShortEmails(ports, ports.store, enrolment)
  const { help } = navigationLinks(course.name, resources, enrolment.discreet)
  return {
    kind,
    course,
    day: isLesson ? row.day : null,
    ...(checkIn && { checkIn: { ...checkIn, of: resources.checkIns.length } }),
    variant,
    discreet: enrolment.discreet,
    short,
    ...(!short && start.plan && start.planDay === row.day && { plan: start.plan }),
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    open: { enrolmentId: enrolment.id, day: row.day },
    stop: { enrolmentId: enrolment.id },
    ...(help !== null && { help }),
    nextLessonAt: null,
  }
}

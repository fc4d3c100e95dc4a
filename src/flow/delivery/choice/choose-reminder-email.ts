import { COMMON_VARIANT } from '../../../core/model.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

/**
 * Says that the page of the latest lesson is open. None once anything was saved there or the day was completed in any of
 * its forms, nor after the local day it was due on. A visit alone does not count, because mail scanners follow every link.
 */
export async function chooseReminderEmail(
  ports: Pick<Ports, 'calendar' | 'clock' | 'store' | 'courses'>,
  { kind, row, enrolment }: ChoiceRequest<'reminder'>,
): Promise<EmailContent<'reminder'> | NoEmail> {
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !course) return noEmail('the course no longer exists')
  if (enrolment.reminderHour === null) return noEmail('reminders were switched off')
  const { store } = ports
  // A second copy repeats the first; it is called off when the hour changes (replanReminder).
  const at = row.firstHandoverAt ?? ports.clock.now()
  // Sent late, it would speak of the evening before, or of a lesson that has a reminder of its own.
  if (at >= ports.calendar.localDayWindow(enrolment, row.dueAt).end) return noEmail('its evening is over')
  const lessons = (await store.deliveries.ofEnrolment(enrolment.id)).filter((one) => one.kind === 'lesson')
  const day = lessons.findLast(({ firstHandoverAt }) => firstHandoverAt !== null && firstHandoverAt <= at)?.day ?? null
  if (day === null) return noEmail('no lesson has come')
  const isDone = (await store.progress.ofEnrolment(enrolment.id)).some((done) => done.day === day)
  const isWritten = await store.answers.writtenElsewhere({ enrolmentId: enrolment.id, day, session: '' })
  if (row.firstHandoverAt === null && (isDone || isWritten)) return noEmail('the page was used')
  return {
    kind,
    course,
    day,
    variant: COMMON_VARIANT,
    discreet: enrolment.discreet,
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    open: { enrolmentId: enrolment.id, day },
    stop: { enrolmentId: enrolment.id },
    nextLessonAt: null,
    reminderHour: enrolment.reminderHour,
  }
}

import type { Course } from '../../core/course/course.ts'
import { DELIVERY_KINDS } from '../../core/delivery/email-kinds.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recordReturn } from '../sending/requested-email.ts'
import { changeState } from './change-state.ts'
import { checkInDay, checkInDueAt } from './check-ins.ts'
import { lastLessonAt, nextSendTimes } from './send-times.ts'

/**
 * Resumes a stopped course, within the caller's transaction: cancelled deliveries are planned again, starting at the
 * learner's next sending hour. Returns the first upcoming email, or null if there is none, and for a course that was begun
 * anew since.
 */
export async function resumeEnrolment(
  ports: Pick<Ports, 'calendar' | 'keys'>,
  unit: Repositories,
  enrolment: Enrolment,
  now: number,
): Promise<Delivery | null> {
  // Somebody who began anew takes the course once.
  if ((await unit.enrolments.latest(enrolment.learnerId, enrolment.course))?.id !== enrolment.id) return null
  if ((await changeState(unit, enrolment, 'resume', now)) === null) return null
  await recordReturn(ports, unit, enrolment.learnerId)
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const cancelled = rows.filter((row) => row.state === 'cancelled' && DELIVERY_KINDS[row.kind].schedule === 'daily')
  const sendTimes = nextSendTimes(ports.calendar, enrolment, {
    from: now,
    last: lastLessonAt(rows),
    count: cancelled.length,
  })
  let first: Delivery | null = null
  for (const [index, row] of cancelled.entries()) {
    const replanned = await unit.deliveries.replan(row.id, sendTimes[index] as number)
    first ??= replanned
  }
  return first
}

/**
 * Resumes check-ins at their original times, within the caller's transaction. Those whose time passed while they were
 * stopped are skipped.
 */
export async function resumeCheckIns(
  ports: Pick<Ports, 'courses' | 'calendar' | 'keys'>,
  unit: Repositories,
  enrolment: Enrolment,
  course: Course,
  now: number,
): Promise<void> {
  if (enrolment.checkInsStoppedAt === null) return
  // After an undone change of address, the new address confirms first.
  if ((await unit.addressChanges.undone(enrolment.learnerId)).length > 0) return
  const resumed = await changeState(unit, enrolment, 'resume-check-ins', now)
  if (resumed === null) return
  await recordReturn(ports, unit, enrolment.learnerId)
  if (resumed.state !== 'finished') return
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const closing = rows.find((row) => row.kind === 'closing')
  const closedAt = closing?.firstHandoverAt ?? closing?.settledAt ?? now
  for (const { week } of ports.courses.resourcesOf(course.name, course.language).checkIns) {
    const dueAt = checkInDueAt(ports, enrolment, closedAt, week)
    const day = checkInDay(course, week)
    if (dueAt < now) continue
    const row = rows.find((candidate) => candidate.day === day)
    if (row === undefined) {
      const { learnerId, id } = enrolment
      await unit.deliveries.plan([{ learnerId, kind: 'check-in', enrolmentId: id, signUpId: null, day, dueAt }], now)
    } else await unit.deliveries.replan(row.id, dueAt)
  }
}

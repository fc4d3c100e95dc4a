import type { Course } from '../../core/course/course.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import { findByStopLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recordReturn } from '../sending/requested-email.ts'
import type { StopView } from '../views.ts'
import { checkInDay, checkInDueAt } from './check-ins.ts'
import { nextSendTimes } from './send-times.ts'
import { viewStop } from './stop.ts'

/**
 * Starts a stopped course again where it stopped, the next lesson at the learner's next hour. Repeated, it changes nothing.
 * A declined sign-up never was a course: there is nothing to start again.
 */
export async function restart(ports: Ports, token: string): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up') return
    // Also where this course never stopped: another one did, or a sign-up was declined that somebody else had typed.
    await recordReturn(ports, unit, found.enrolment.learnerId)
    if (found.kind === 'enrolment' && found.enrolment.state === 'stopped')
      await resume(ports, unit, found.enrolment, now)
    else await resumeCheckIns(ports, unit, found.enrolment, found.course, now)
  })
  return viewStop(ports, token)
}

/** Check-ins come again, each at the hour it had; those whose time went by while they were stopped do not. */
export async function resumeCheckIns(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  course: Course,
  now: number,
): Promise<void> {
  if (enrolment.checkInsStoppedAt === null || enrolment.state === 'stopped') return
  await unit.enrolments.setCheckIns(enrolment.id, null)
  await recordReturn(ports, unit, enrolment.learnerId)
  if (enrolment.state !== 'finished') return
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const closing = rows.find((row) => row.kind === 'closing')
  const closedAt = closing?.firstHandoverAt ?? closing?.settledAt ?? now
  for (const { week } of ports.courses.resourcesOf(course.name).checkIns) {
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

/** Within the caller's transaction: active again, and what was cancelled planned anew from the next slot on. Returns the first email to come. */
export async function resume(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  now: number,
): Promise<Delivery | null> {
  if (!(await unit.enrolments.move(enrolment.id, 'stopped', 'active', now))) return null
  await unit.enrolments.setCheckIns(enrolment.id, null)
  await recordReturn(ports, unit, enrolment.learnerId)
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const cancelled = rows.filter((row) => row.state === 'cancelled' && (row.kind === 'lesson' || row.kind === 'closing'))
  const sendTimes = nextSendTimes(ports.calendar, enrolment, {
    now,
    sentToday: await unit.deliveries.sentWithin(enrolment.id, 0, ports.calendar.localDayWindow(enrolment, now)),
    count: cancelled.length,
  })
  let first: Delivery | null = null
  for (const [index, row] of cancelled.entries()) {
    const replanned = await unit.deliveries.replan(row.id, sendTimes[index] as number)
    first ??= replanned
  }
  return first
}

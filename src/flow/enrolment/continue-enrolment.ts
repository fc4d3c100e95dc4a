import type { Course } from '../../core/course/course.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { changeState } from './change-state.ts'
import { planCheckIns } from './check-ins.ts'
import { cancelPauseNotice } from './pause.ts'
import { nextSendTimes } from './send-times.ts'

/**
 * Whether `continueEnrolment` would plan nothing after this delivery. `enrolment` may have been read earlier, since its course
 * never changes; null: unknown.
 */
export function isFollowedByNothing(
  ports: Pick<Ports, 'courses'>,
  row: Delivery,
  enrolment: Enrolment | null,
): boolean {
  if (row.enrolmentId === null || row.day === null) return true
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  return course !== null && row.kind !== 'closing' && !isLastLesson(row, course)
}

function isLastLesson(row: Delivery, course: Course): boolean {
  return row.kind === 'lesson' && row.day === course.days
}

/**
 * Plans what follows a delivery with a final result, within the caller's transaction: the closing email after the last
 * lesson, and after that the end of the course and the weekly check-ins.
 */
export async function continueEnrolment(
  ports: Pick<Ports, 'courses' | 'calendar'>,
  unit: Repositories,
  row: Delivery,
  now: number,
): Promise<void> {
  if (row.enrolmentId === null || row.day === null) return
  const enrolment = await unit.enrolments.byId(row.enrolmentId)
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  // An email that was on its way when its course was paused.
  const isCourseRunning = enrolment?.state === 'active' || enrolment?.state === 'paused'
  if (!enrolment || !course || !isCourseRunning) return
  if (row.kind === 'closing') {
    await finishEnrolment(ports, unit, enrolment, course, now)
    return
  }
  if (!isLastLesson(row, course)) return
  const sentAt = (await unit.deliveries.byId(row.id))?.firstHandoverAt ?? now
  const [closingAt = now] = nextSendTimes(ports.calendar, enrolment, {
    // Not from now: after a restore, a closing email that was due before may have been sent.
    from: Math.max(sentAt, enrolment.pause?.until ?? 0),
    last: sentAt,
    count: 1,
  })
  await unit.deliveries.plan(
    [
      {
        learnerId: row.learnerId,
        kind: 'closing',
        enrolmentId: enrolment.id,
        signUpId: null,
        day: row.day + 1,
        dueAt: closingAt,
      },
    ],
    now,
  )
}

async function finishEnrolment(
  ports: Pick<Ports, 'courses' | 'calendar'>,
  unit: Repositories,
  enrolment: Enrolment,
  course: Course,
  now: number,
): Promise<void> {
  if ((await changeState(unit, enrolment, 'finish', now)) === null) return
  if (enrolment.pause !== null) await cancelPauseNotice(unit, await unit.deliveries.ofEnrolment(enrolment.id), now)
  await planCheckIns(ports, unit, enrolment, course, now)
}

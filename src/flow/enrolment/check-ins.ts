import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course, Lesson } from '../../core/course/course.ts'
import type { Enrolment } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

const DAYS_A_WEEK = 7

/** Position of a week's check-in among the course days: after the lessons and the closing email. */
export function checkInDay(course: Course, week: number): number {
  return course.days + 1 + week
}

/** The check-in at this position, or null. */
export function checkInAt(ports: Pick<Ports, 'courses'>, course: Course, day: number): CheckIn | null {
  const week = day - course.days - 1
  return (
    ports.courses.resourcesOf(course.name, course.language).checkIns.find((checkIn) => checkIn.week === week) ?? null
  )
}

/** The content of a day: a lesson, or a check-in in the form of a lesson. Null if there is neither. */
export function lessonAt(ports: Pick<Ports, 'courses'>, course: Course, day: number): Lesson | null {
  const lesson = course.lessons.find((candidate) => candidate.day === day)
  if (lesson) return lesson
  const checkIn = checkInAt(ports, course, day)
  return checkIn && { ...checkIn, day }
}

/**
 * The learner's sending hour this many weeks after the closing email; on the rehearsal clock a week is seven course
 * days. The pace of the lessons changes nothing about check-ins.
 */
export function checkInDueAt(
  ports: Pick<Ports, 'calendar'>,
  enrolment: Enrolment,
  closedAt: number,
  week: number,
): number {
  return ports.calendar.dueAt({ ...enrolment, confirmedAt: closedAt, pace: 'daily' }, 1 + week * DAYS_A_WEEK)
}

/**
 * Plans one check-in a week after the closing email, unless the learner stopped them. Within the caller's transaction.
 */
export async function planCheckIns(
  ports: Pick<Ports, 'courses' | 'calendar'>,
  unit: Repositories,
  enrolment: Enrolment,
  course: Course,
  now: number,
): Promise<void> {
  if (enrolment.checkInsStoppedAt !== null) return
  await unit.deliveries.plan(
    ports.courses.resourcesOf(course.name, course.language).checkIns.map(({ week }) => ({
      learnerId: enrolment.learnerId,
      kind: 'check-in',
      enrolmentId: enrolment.id,
      signUpId: null,
      day: checkInDay(course, week),
      dueAt: checkInDueAt(ports, enrolment, now, week),
    })),
    now,
  )
}

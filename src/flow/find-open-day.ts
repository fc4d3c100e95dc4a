import type { CheckIn } from '../core/check-in.ts'
import type { Course, Lesson, Variant } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { heldLesson, isHeld } from '../core/held-lesson.ts'
import { mayShare } from '../core/may-share.ts'
import type { Enrolment } from '../core/model.ts'
import { offOf, type StartingPoint } from '../core/starting-point.ts'
import { checkInAt, lessonAt } from './check-ins.ts'
import { findByLessonLink } from './find-by-link.ts'
import { learnerBox } from './learner-box.ts'
import type { Ports } from './ports.ts'
import { startingPointOfEnrolment } from './starting-point.ts'
import { variantSent } from './variant-sent.ts'
import { isOpen } from './week.ts'

/** A lesson or check-in whose mail is on its way or came, as this learner gets it. */
export interface OpenDay {
  readonly enrolment: Enrolment
  readonly course: Course
  readonly day: number
  /** What this learner is shown: in the place of a day that is held back stands another. */
  readonly lesson: Lesson
  readonly checkIn: CheckIn | null
  /** The form it was sent in. */
  readonly variant: Variant
  /** Whether the shared form of a letter exists for this learner. */
  readonly mayShare: boolean
  readonly start: StartingPoint
  /** Another page stands in the place of the day's own. */
  readonly isHeld: boolean
}

/** What a lesson link opens for writing. Fails with `bad-link`, `gone`, or `not-yet` before its mail is on its way. */
export async function findOpenDay(ports: Ports, token: string): Promise<OpenDay> {
  const { enrolment, course, day } = await findByLessonLink(ports, token)
  const row = (await ports.store.deliveries.ofEnrolment(enrolment.id)).find((delivery) => delivery.day === day)
  if (!row || !isOpen(row)) throw new AppError('not-yet', 'This day is not open yet.')
  const lesson = lessonAt(ports, course, day)
  if (!lesson) {
    if (row.kind === 'closing') throw new AppError('not-yet', 'There is nothing to write on this page.')
    throw new AppError('gone', 'This day is no longer part of the course.')
  }
  const box = learnerBox(ports, ports.store, enrolment.learnerId)
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment, box)
  const variant = await variantSent(box, row, start)
  return {
    enrolment,
    course,
    day,
    lesson: heldLesson(course, ports.courses.extrasOf(course.name), lesson, start),
    isHeld: isHeld(lesson, start),
    checkIn: checkInAt(ports, course, day),
    variant,
    mayShare: mayShare(lesson.exercise, variant, offOf(start)),
    start,
  }
}

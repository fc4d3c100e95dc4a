import { disabledFeatures, NO_STARTING_POINT } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course, Lesson } from '../../core/course/course.ts'
import { isHeldBack, lessonAsRestricted, type RestrictionContext } from '../../core/course/restricted-lesson.ts'
import { AppError } from '../../core/errors.ts'
import { mayShare } from '../../core/exercise/can-share.ts'
import type { Enrolment, Variant } from '../../core/model.ts'
import { courseForDelivery, sentVariant } from '../delivery/sent-variant.ts'
import { checkInAt, lessonAt } from '../enrolment/check-ins.ts'
import { startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import { isOpen } from '../enrolment/view-week.ts'
import { findForViewer, type Viewer } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'

/** A lesson or check-in whose mail is on its way or came, as this viewer gets it. */
export interface OpenDay {
  readonly enrolment: Enrolment
  readonly course: Course
  readonly day: number
  readonly viewer: Viewer
  /** In an own session another stands in the place of a day that is held back. */
  readonly lesson: Lesson
  readonly checkIn: CheckIn | null
  /** The form it was sent in. */
  readonly variant: Variant
  /** Whether the shared form of a letter exists for this viewer. */
  readonly mayShare: boolean
  /** Another page stands in the place of the day's own. */
  readonly isHeldBack: boolean
}

/**
 * What a lesson link opens for writing. `session` is the cookie's value, or null. What is held back is looked at in an own
 * session alone: for anyone else it plays no part in what is shown, and opening it takes as long whatever it holds. Fails with
 * `bad-link`, `gone`, or `not-yet` before its mail is on its way.
 */
export async function findOpenDay(ports: Ports, token: string, session: string | null): Promise<OpenDay> {
  const { enrolment, course, day, viewer } = await findForViewer(ports, token, session)
  const row = (await ports.store.deliveries.ofEnrolment(enrolment.id)).find((delivery) => delivery.day === day)
  if (!row || !isOpen(row)) throw new AppError('not-yet', 'This day is not open yet.')
  const sealer = learnerSealer(ports, ports.store, enrolment.learnerId)
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment, sealer)
  const variant = await sentVariant(sealer, row, start)
  const lesson = lessonAt(ports, courseForDelivery(course, row, variant), day)
  if (!lesson) {
    if (row.kind === 'closing') throw new AppError('not-yet', 'This page has no exercise.')
    throw new AppError('gone', 'This day is no longer part of the course.')
  }
  const shown = viewer.isOwn ? start : NO_STARTING_POINT
  // What was lifted later leaves a day that was sent before as it was.
  const at = row.firstHandoverAt ?? ports.clock.now()
  const restrictions: RestrictionContext = {
    course,
    resources: ports.courses.resourcesOf(course.name),
    start: shown,
    at,
  }
  return {
    enrolment,
    course,
    day,
    viewer,
    lesson: lessonAsRestricted(lesson, restrictions),
    isHeldBack: isHeldBack(lesson, restrictions),
    checkIn: checkInAt(ports, course, day),
    variant,
    mayShare: mayShare(lesson.exercise, variant, disabledFeatures(shown, at)),
  }
}

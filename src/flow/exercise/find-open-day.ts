import { disabledFeatures, NO_STARTING_POINT } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Closing, Course, Lesson } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import {
  closingAsRestricted,
  isHeldBack,
  lessonAsRestricted,
  type RestrictionContext,
} from '../../core/course/restricted-lesson.ts'
import { AppError } from '../../core/errors.ts'
import { mayShare } from '../../core/exercise/can-share.ts'
import type { Delivery, Variant } from '../../core/model.ts'
import { phrase } from '../../core/words.ts'
import { courseForDelivery, courseInSentLanguage, sentVariant } from '../delivery/sent-variant.ts'
import { checkInAt, lessonAt } from '../enrolment/check-ins.ts'
import { startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import { isOpen } from '../enrolment/view-week.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { type LearnerSealer, learnerSealer } from '../security/learner-sealer.ts'

interface FoundDay extends LessonVisit {
  /** All deliveries of the enrolment. */
  readonly deliveries: readonly Delivery[]
  readonly resources: CourseResources
  /** The learner's sealer; for use outside transactions. */
  readonly sealer: LearnerSealer
}

/** A day whose email has not been sent yet. */
export interface ClosedDay extends FoundDay {
  readonly page: 'closed'
}

/** The closing email. It has a page but no exercise. */
export interface ClosingDay extends FoundDay {
  readonly page: 'closing'
  /** In this viewer's variant. */
  readonly closing: Closing
  readonly variant: Variant
}

/** A lesson or check-in whose email was sent, as this viewer sees it. Every action on a day starts from this. */
export interface OpenDay extends FoundDay {
  readonly page: 'lesson'
  /** In an own session, a restricted day is replaced by another page. */
  readonly lesson: Lesson
  /** The same without restrictions, for what must not depend on them. */
  readonly lessonAsSent: Lesson
  readonly checkIn: CheckIn | null
  /** The variant in which the day was sent. */
  readonly variant: Variant
  /** Whether this viewer may share the letter. */
  readonly mayShare: boolean
  /** Whether another page replaces that of the day. */
  readonly isHeldBack: boolean
}

/**
 * What a lesson link opens. Restrictions are only applied in an own session. For anyone else they do not affect what is
 * shown, and opening it takes the same time whatever they are. Fails with `gone`.
 */
export async function findDay(
  ports: Pick<Ports, 'store' | 'clock' | 'courses' | 'sealer'>,
  visit: LessonVisit,
): Promise<ClosedDay | ClosingDay | OpenDay> {
  const { enrolment, day, viewer } = visit
  const deliveries = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const sealer = learnerSealer(ports, ports.store, enrolment.learnerId)
  const foundIn = (course: Course): FoundDay => {
    const resources = ports.courses.resourcesOf(course.name, course.language)
    return { ...visit, course, deliveries, resources, sealer }
  }
  const row = deliveries.find((delivery) => delivery.day === day)
  if (!row || !isOpen(row)) return { ...foundIn(visit.course), page: 'closed' }
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment, sealer)
  const variant = await sentVariant(sealer, row, start)
  const course = courseInSentLanguage(ports.courses, visit.course, row, variant)
  const sent = courseForDelivery(ports.courses, course, row, variant)
  const found = foundIn(course)
  const shown = viewer.isOwn ? start : NO_STARTING_POINT
  // Restrictions lifted later do not change a day that was already sent.
  // One that was opened early has the time of its email, which lies ahead.
  const now = ports.clock.now()
  const at = Math.min(row.firstHandoverAt ?? now, now)
  const restrictions: RestrictionContext = { course, resources: found.resources, start: shown, at }
  if (row.kind === 'closing') {
    const closing = viewer.isOwn ? closingAsRestricted(sent.closing, restrictions) : sent.closing
    return { ...found, page: 'closing', closing, variant }
  }
  const lesson = lessonAt(ports, sent, day)
  if (!lesson) throw new AppError('gone', phrase('exercise.day-gone'))
  return {
    ...found,
    page: 'lesson',
    lesson: lessonAsRestricted(lesson, restrictions),
    lessonAsSent: lesson,
    isHeldBack: isHeldBack(lesson, restrictions),
    checkIn: checkInAt(ports, course, day),
    variant,
    mayShare: mayShare(lesson.exercise, variant, disabledFeatures(shown, at)),
  }
}

/**
 * Like findDay, for callers that need a lesson or check-in. Fails with `gone`, or with `not-yet` if there is no
 * exercise (yet).
 */
export async function findOpenDay(ports: Parameters<typeof findDay>[0], visit: LessonVisit): Promise<OpenDay> {
  const found = await findDay(ports, visit)
  if (found.page === 'lesson') return found
  const why = found.page === 'closing' ? phrase('exercise.no-exercise') : phrase('exercise.day-not-open')
  throw new AppError('not-yet', why)
}

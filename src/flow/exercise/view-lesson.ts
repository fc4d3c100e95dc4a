import { offersRecheck } from '../../core/assessment/offers-recheck.ts'
import type { Answers, EarlierAnswers } from '../../core/course/fields/field-definition.ts'
import { definitionOf } from '../../core/course/fields/field-types.ts'
import { fieldsFor } from '../../core/course/variant.ts'
import { LINKS } from '../../core/security/links.ts'
import type { Session } from '../../core/security/session.ts'
import { mayBeReminded } from '../enrolment/plan-reminder.ts'
import { weekOf } from '../enrolment/view-week.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { LessonView, NeutralView, PageView } from '../views.ts'
import { findDay, type OpenDay } from './find-open-day.ts'
import { mayOpenNext } from './next-lesson-now.ts'
import { answersIn, readAnswersOfDay, readFields, writtenIn } from './readable-answers.ts'
import { viewCheckIn } from './view-check-in.ts'

type ViewPorts = Pick<Ports, 'store' | 'keys' | 'clock' | 'calendar'>

/**
 * The page behind a lesson link. Opening it any number of times changes nothing, because mail scanners
 * follow every link. Fails with `gone`.
 */
export async function viewPage(
  ports: ViewPorts & Pick<Ports, 'courses' | 'sealer'>,
  visit: LessonVisit,
): Promise<PageView> {
  const found = await findDay(ports, visit)
  if (found.page === 'lesson') return { page: 'lesson', view: await viewLesson(ports, found) }
  const { course, enrolment, day, deliveries } = found
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const week = weekOf(ports, course, enrolment, { deliveries, progress }, { links: true })
  const shared = { course, discreet: enrolment.discreet, week }
  if (found.page === 'closed') return { page: 'closed', view: { ...shared, day } }
  const { closing, variant } = found
  const stop = LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id })
  return {
    page: 'closing',
    view: { ...shared, closing, variant, name: enrolment.name, token: found.token, stopToken: stop },
  }
}

/** A lesson or check-in with everything this viewer may read of it. Changes nothing. */
export async function viewLesson(ports: ViewPorts, open: OpenDay): Promise<LessonView> {
  const { course, enrolment, day, deliveries, viewer, checkIn, resources } = open
  const { session, isOwn } = viewer
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const { fields, written } = await viewWritten(ports, open, session)
  const key = { enrolmentId: enrolment.id, day, session: session?.hash ?? '' }
  const writtenElsewhere = !isOwn && (await ports.store.answers.writtenElsewhere(key))
  return {
    course,
    discreet: enrolment.discreet,
    week: weekOf(ports, course, enrolment, { deliveries, progress }, { links: true }),
    lesson: open.lesson,
    variant: open.variant,
    fields,
    written,
    earlier: await readEarlier(ports, open),
    writtenElsewhere,
    readsAll: isOwn,
    mayAskToRead: writtenElsewhere && !enrolment.webOnly,
    mayShare: open.mayShare,
    ...(mayBeReminded(enrolment) && checkIn === null && { reminder: { hour: enrolment.reminderHour } }),
    mayOpenNext: mayOpenNext(ports, enrolment, day, { deliveries, progress }, ports.clock.now()),
    offersRecheck: offersRecheck(
      resources.assessment,
      checkIn === null ? { day, lessons: course.lessons.length } : { checkIn: checkIn.week },
    ),
    checkIn: checkIn && (await viewCheckIn(ports, open, checkIn, answersIn(fields))),
    name: enrolment.name,
    effort: progress.find((entry) => entry.day === day)?.effort ?? null,
    token: open.token,
    stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }),
  }
}

/** What this session may read of the day. */
export async function viewWritten(
  ports: Pick<Ports, 'store'>,
  { enrolment, day, isHeldBack, sealer }: OpenDay,
  session: Session | null,
): Promise<Pick<LessonView, 'fields' | 'written'>> {
  const fields = await readFields({ sealer, answers: ports.store.answers }, enrolment.id, day, session)
  return { fields: Object.fromEntries(fields), written: isHeldBack ? [] : writtenIn(fields) }
}

/**
 * What the page behind a lesson link shows to a viewer without access; null for everyone else. It does not depend on
 * the day, on what was sent or on what was answered.
 */
export function neutralView(ports: Pick<Ports, 'keys'>, visit: LessonVisit): NeutralView | null {
  const { enrolment, course, token, viewer } = visit
  if (viewer.mayViewPages) return null
  const { discreet, webOnly } = enrolment
  return { course, discreet, webOnly, token, stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }) }
}

/** The answers of earlier days that fields of this day repeat, by day. */
export async function readEarlier(
  ports: Pick<Ports, 'store'>,
  { enrolment, lesson, course, variant, sealer, viewer }: OpenDay,
): Promise<EarlierAnswers> {
  const earlier: Record<number, Answers> = {}
  if (viewer.session === null) return earlier
  const source = { sealer, answers: ports.store.answers }
  for (const field of fieldsFor(lesson.exercise, variant, 'full')) {
    const day = definitionOf(field.type).earlierDay?.(field)
    if (day === undefined || earlier[day] || !course.lessons.some((other) => other.day === day)) continue
    earlier[day] = await readAnswersOfDay(source, enrolment.id, day, viewer.session)
  }
  return earlier
}

import { offersRecheck } from '../../core/assessment/offers-recheck.ts'
import type { Answers } from '../../core/course/course.ts'
import { closingAsRestricted } from '../../core/course/restricted-lesson.ts'
import { fieldsFor } from '../../core/course/variant.ts'
import { LINKS } from '../../core/security/links.ts'
import type { Session } from '../../core/security/session.ts'
import { courseForDelivery, sentVariant } from '../delivery/sent-variant.ts'
import { startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import { isOpen, viewWeek } from '../enrolment/view-week.ts'
import { findForViewer } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import type { NeutralView, PageView } from '../views.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import { readAnswersOfDay, readFields, writtenIn } from './readable-answers.ts'
import { viewCheckIn } from './view-check-in.ts'

/**
 * The page behind a lesson link. Changes nothing, whoever opens it and however often: mail scanners follow every link.
 * `session` is the cookie's value, or null. Fails with `bad-link` or `gone`.
 */
export async function viewPage(ports: Ports, token: string, session: string | null): Promise<PageView> {
  const { enrolment, course, day, viewer } = await findForViewer(ports, token, session)
  const rows = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const week = await viewWeek(ports, course, enrolment, { links: true })
  const row = rows.find((delivery) => delivery.day === day)
  const shared = { course, discreet: enrolment.discreet, week }

  if (!row || !isOpen(row)) return { page: 'closed', view: { ...shared, day } }
  const stop = LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id })
  if (row.kind === 'closing') {
    const sealer = learnerSealer(ports, ports.store, enrolment.learnerId)
    const start = await startingPointOfEnrolment(ports, ports.store, enrolment, sealer)
    const variant = await sentVariant(sealer, row, start)
    const { closing: sent } = courseForDelivery(course, row, variant)
    const resources = ports.courses.resourcesOf(course.name)
    const at = row.firstHandoverAt ?? ports.clock.now()
    const closing = viewer.isOwn ? closingAsRestricted(sent, { course, resources, start, at }) : sent
    return { page: 'closing', view: { ...shared, closing, variant, name: enrolment.name, stopToken: stop } }
  }

  const open = await findOpenDay(ports, token, session)
  const { lesson, variant } = open
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const hash = viewer.session?.hash ?? ''
  const fields = await readFields(ports, ports.store, enrolment, day, viewer.session)
  const writtenElsewhere =
    !viewer.isOwn && (await ports.store.answers.writtenElsewhere({ enrolmentId: enrolment.id, day, session: hash }))
  return {
    page: 'lesson',
    view: {
      ...shared,
      lesson,
      variant,
      fields: Object.fromEntries(fields),
      written: open.isHeldBack ? [] : writtenIn(fields),
      earlier: await readEarlier(ports, ports.store, open, viewer.session),
      writtenElsewhere,
      readsAll: viewer.isOwn,
      mayAskToRead: writtenElsewhere && !enrolment.webOnly,
      mayShare: open.mayShare,
      offersRecheck: offersRecheck(
        ports.courses.resourcesOf(course.name).assessment,
        open.checkIn === null ? { day, lessons: course.lessons.length } : { checkIn: open.checkIn.week },
      ),
      mayViewPages: viewer.mayViewPages,
      checkIn: open.checkIn && (await viewCheckIn(ports, open)),
      name: enrolment.name,
      effort: progress.find((entry) => entry.day === day)?.effort ?? null,
      token,
      stopToken: stop,
    },
  }
}

/**
 * What the page behind a lesson link shows to whoever is not let in; null for everyone else. Nothing in it depends on the
 * day, on what was sent or on what was answered. Changes nothing. Fails with `bad-link` or `gone`.
 */
export async function viewNeutral(ports: Ports, token: string, session: string | null): Promise<NeutralView | null> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  if (viewer.mayViewPages) return null
  const { discreet, webOnly } = enrolment
  return { course, discreet, webOnly, token, stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }) }
}

/** The answers of earlier days that `repeat` fields show, by day. */
export async function readEarlier(
  ports: Ports,
  unit: Repositories,
  { enrolment, lesson, course, variant }: OpenDay,
  session: Session | null,
): Promise<Readonly<Record<number, Answers>>> {
  const earlier: Record<number, Answers> = {}
  if (session === null) return earlier
  for (const field of fieldsFor(lesson.exercise, variant, 'full')) {
    if (field.type !== 'repeat' || earlier[field.day] || !course.lessons.some((other) => other.day === field.day))
      continue
    earlier[field.day] = await readAnswersOfDay(ports, unit, enrolment, field.day, session)
  }
  return earlier
}

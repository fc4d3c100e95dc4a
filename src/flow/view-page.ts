import type { Answers } from '../core/course.ts'
import { questionsDue } from '../core/starting-point.ts'
import { fieldsFor } from '../core/variant.ts'
import { findByLessonLink, stopToken } from './find-by-link.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import { learnerBox } from './learner-box.ts'
import type { Ports } from './ports.ts'
import { openReader, readAnswersOfDay, readFields, writtenIn } from './readable-answers.ts'
import { startingPointOfEnrolment } from './starting-point.ts'
import type { Repositories } from './store-ports.ts'
import { variantSent } from './variant-sent.ts'
import { viewCheckIn } from './view-check-in.ts'
import type { PageView } from './views.ts'
import { isOpen, viewWeek } from './week.ts'

/**
 * The page behind a lesson link. Changes nothing, whoever opens it and however often: mail scanners follow every link.
 * `session` is the cookie's value, or null. Fails with `bad-link` or `gone`.
 */
export async function viewPage(ports: Ports, token: string, session: string | null): Promise<PageView> {
  const { enrolment, course, day } = await findByLessonLink(ports, token)
  const rows = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const week = await viewWeek(ports, course, enrolment, { links: true })
  const row = rows.find((delivery) => delivery.day === day)
  const shared = { course, discreet: enrolment.discreet, week }

  if (!row || !isOpen(row)) return { page: 'closed', view: { ...shared, day } }
  const stop = stopToken(ports, enrolment.id)
  if (row.kind === 'closing') {
    const box = learnerBox(ports, ports.store, enrolment.learnerId)
    const start = await startingPointOfEnrolment(ports, ports.store, enrolment, box)
    const variant = await variantSent(box, row, start)
    return { page: 'closing', view: { ...shared, variant, name: enrolment.name, stopToken: stop } }
  }

  const open = await findOpenDay(ports, token)
  const { lesson, variant } = open
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const hash = await openReader(ports.store, enrolment, session)
  const readsAll = hash !== null && (await ports.store.sessions.mayRead(hash, enrolment.id))
  const fields = await readFields(ports, ports.store, enrolment, day, hash)
  const writtenElsewhere =
    !readsAll && (await ports.store.answers.writtenElsewhere({ enrolmentId: enrolment.id, day, session: hash ?? '' }))
  return {
    page: 'lesson',
    view: {
      ...shared,
      lesson,
      variant,
      fields: Object.fromEntries(fields),
      written: open.isHeld ? [] : writtenIn(fields),
      earlier: await readEarlier(ports, ports.store, open, hash),
      writtenElsewhere,
      readsAll,
      mayAskToRead: writtenElsewhere && !enrolment.webOnly,
      mayShare: open.mayShare,
      asksAgain: hash !== null && questionsDue(open.start, { now: ports.clock.now() }).length > 0,
      checkIn: open.checkIn && (await viewCheckIn(ports, open, hash)),
      name: enrolment.name,
      effort: progress.find((entry) => entry.day === day)?.effort ?? null,
      token,
      stopToken: stop,
    },
  }
}

/** The answers of earlier days that `repeat` fields show, by day. */
export async function readEarlier(
  ports: Ports,
  unit: Repositories,
  { enrolment, lesson, course, variant }: OpenDay,
  hash: string | null,
): Promise<Readonly<Record<number, Answers>>> {
  const earlier: Record<number, Answers> = {}
  if (hash === null) return earlier
  for (const field of fieldsFor(lesson.exercise, variant, 'full')) {
    if (field.type !== 'repeat' || earlier[field.day] || !course.lessons.some((other) => other.day === field.day))
      continue
    earlier[field.day] = await readAnswersOfDay(ports, unit, enrolment, field.day, hash)
  }
  return earlier
}

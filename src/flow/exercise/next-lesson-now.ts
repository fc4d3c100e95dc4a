import { DELIVERY_KINDS } from '../../core/delivery/email-kinds.ts'
import { AppError } from '../../core/errors.ts'
import type { DayProgress, Delivery, Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { chooseEmail } from '../delivery/choice/choose-email.ts'
import { sealSentVariant } from '../delivery/sent-variant.ts'
import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import { wasOpenedEarly } from '../enrolment/send-times.ts'
import { isOpen } from '../enrolment/view-week.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'

/**
 * Whether the day after this one can be opened now: this day is completed, the course is running, and the next email is
 * planned. `now` is ms UTC.
 */
export function mayOpenNext(
  ports: Pick<Ports, 'calendar'>,
  enrolment: Enrolment,
  day: number,
  { deliveries, progress }: { deliveries: readonly Delivery[]; progress: readonly DayProgress[] },
  now: number,
): boolean {
  const next = deliveries.find((row) => row.day === day + 1)
  const today = ports.calendar.localDayWindow(enrolment, now)
  return (
    enrolment.state === 'active' &&
    progress.some((done) => done.day === day) &&
    next !== undefined &&
    DELIVERY_KINDS[next.kind].schedule === 'daily' &&
    (next.state === 'planned' || next.state === 'deferred') &&
    !deliveries.some((row) => wasOpenedEarly(row) && (row.settledAt ?? 0) >= today.start)
  )
}

/**
 * Opens the next day's page at once, without an email, from the page of a completed day. It takes the time that the
 * email had, so nothing else comes then; once a local day. One conditional update decides between this and a worker that
 * is about to send the email. Returns the token of the next day, also if it is open already. Fails with `not-yet` if it
 * cannot be opened now.
 */
export async function openNextLesson(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer' | 'settings'>,
  { enrolment, day }: LessonVisit,
): Promise<string> {
  const { store, calendar } = ports
  const now = ports.clock.now()
  const deliveries = await store.deliveries.ofEnrolment(enrolment.id)
  const progress = await store.progress.ofEnrolment(enrolment.id)
  const next = deliveries.find((row) => row.day === day + 1)
  const token = LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: day + 1 })
  if (next === undefined || isOpen(next)) return next === undefined ? notNow() : token
  if (next.state !== 'leased') {
    if (!mayOpenNext(ports, enrolment, day, { deliveries, progress }, now)) return notNow()
    const variant = await variantOf(ports, next.id)
    const today = calendar.localDayWindow(enrolment, now)
    await store.transaction(async (unit) => {
      if (await unit.deliveries.openEarly(next.id, { now, today, variant }))
        await continueEnrolment(ports, unit, next, now)
    })
  }
  const current = await store.deliveries.byId(next.id)
  // A worker that has taken it is sending its email at this moment; the page says that it comes in a moment.
  if (current !== null && (isOpen(current) || current.state === 'leased')) return token
  return notNow()
}

/** The variant in which the day opens, sealed as in an email. */
async function variantOf(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer' | 'settings'>,
  id: number,
): Promise<Uint8Array | null> {
  const details = await ports.store.deliveries.details(id)
  if (details === null) return notNow()
  const sealer = learnerSealer(ports, ports.store, details.learner.id, details.dataKey)
  const choice = await chooseEmail(ports, details, sealer)
  if (choice.kind === 'none') return notNow()
  const { variant, course } = choice.kind === 'email' ? choice.email : choice
  return sealSentVariant(sealer, details.row, variant, course)
}

function notNow(): never {
  throw new AppError('not-yet', phrase('next-now.not-now'))
}

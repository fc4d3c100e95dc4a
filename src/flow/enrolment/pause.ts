import { DELIVERY_KINDS } from '../../core/delivery/email-kinds.ts'
import { startOfLocalDate } from '../../core/delivery/local-date.ts'
import { nextOf } from '../../core/enrolment/enrolment-acts.ts'
import { MAX_PAUSE_DAYS, pauseDatesOf } from '../../core/enrolment/pause-dates.ts'
import { AppError } from '../../core/errors.ts'
import { type Delivery, type Enrolment, isStillToCome } from '../../core/model.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { changeState } from './change-state.ts'
import { lastLessonAt, nextSendTimes } from './send-times.ts'

/** Whether this enrolment can be paused, or its pause changed. */
export function canPause({ state }: Pick<Enrolment, 'state'>): boolean {
  return nextOf('pause', state) !== null
}

/**
 * Pauses a course until the start of this local date (`2026-05-03`), or changes until when it is paused; within the
 * caller's transaction. Nothing is sent meanwhile except what the learner asks for, and the email the day before it
 * goes on. Afterwards the lessons come one by one, at the learner's pace. Fails with `bad-input` for a date that cannot
 * be chosen, and for a course that is neither running nor paused.
 */
export async function pauseEnrolment(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  { id }: Pick<Enrolment, 'id'>,
  date: string,
  now: number,
): Promise<void> {
  const before = await unit.enrolments.byId(id)
  if (before === null) throw new AppError('gone', phrase('errors.link-gone'))
  if ((await changeState(unit, { id }, 'pause', now)) === null) throw badDate('pause.not-running')
  const until = startOfLocalDate(before.timeZone, date)
  const dates = pauseDatesOf(before.timeZone, null, now)
  if (until === null || date < dates.first || date > dates.last) throw badDate('pause.bad-date')
  // A pause that is made longer began when it began.
  await unit.enrolments.setPause(id, { since: before.pause?.since ?? now, until })
  await replanPaused(ports, unit, before, until, now)
}

function badDate(what: 'pause.not-running' | 'pause.bad-date'): AppError {
  return new AppError('bad-input', phrase('errors.check-form'), {
    fields: { until: what === 'pause.bad-date' ? phrase(what, { days: MAX_PAUSE_DAYS }) : phrase(what) },
  })
}

/**
 * Ends a pause, within the caller's transaction: because its time has come, or earlier, and then the next lesson comes
 * at the learner's next sending hour. Returns false if the course is not paused.
 */
export async function endPause(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  { id }: Pick<Enrolment, 'id'>,
  now: number,
): Promise<boolean> {
  const before = await unit.enrolments.byId(id)
  if (!before?.pause || (await changeState(unit, { id }, 'end-pause', now)) === null) return false
  const { since, until } = before.pause
  await unit.deliveries.extendAttempts(id, Math.max(0, Math.min(now, until) - since))
  const rows = await unit.deliveries.ofEnrolment(id)
  await cancelPauseNotice(unit, rows, now)
  if (now < until) await replan(ports, unit, before, rows, now)
  return true
}

/** Moves everything still to come behind the pause, and its notice to the day before; within the caller's transaction. */
export async function replanPaused(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  enrolment: Enrolment,
  until: number,
  now: number,
): Promise<void> {
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const nextAt = await replan(ports, unit, enrolment, rows, Math.max(now, until))
  if (nextAt === null) return cancelPauseNotice(unit, rows, now)
  const { calendar } = ports
  const eve = calendar.localDayWindow(enrolment, calendar.localDayWindow(enrolment, nextAt).start - 1)
  const dueAt = calendar.firstSendTime({ ...enrolment, pace: 'daily' }, eve.start)
  // Too late for a notice: the page has just said when the next lesson comes.
  if (dueAt <= now) return cancelPauseNotice(unit, rows, now)
  const planned = rows.find((row) => row.kind === 'pause-ending' && isStillToCome(row))
  if (planned !== undefined && (await unit.deliveries.hold(planned.id, dueAt))) return
  const notice = { kind: 'pause-ending', enrolmentId: enrolment.id, learnerId: enrolment.learnerId } as const
  await unit.deliveries.plan([{ ...notice, signUpId: null, day: null, dueAt }], now)
}

/** Gives everything still to come its time from this instant on. Returns when the first comes; null if nothing does. */
async function replan(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  enrolment: Enrolment,
  rows: readonly Delivery[],
  from: number,
): Promise<number | null> {
  // One that is being sent keeps its turn: unless its handover came first, it is held back and sent then.
  const waiting = rows.filter((row) => isStillToCome(row) && isDaily(row) && row.handedOverAt === null)
  const times = nextSendTimes(ports.calendar, enrolment, { from, last: lastLessonAt(rows), count: waiting.length })
  for (const [index, row] of waiting.entries()) await unit.deliveries.hold(row.id, times[index] as number)
  for (const row of rows)
    if (row.state === 'unconfirmed' && isDaily(row)) await unit.deliveries.hold(row.id, times[0] ?? from)
  return times[0] ?? null
}

function isDaily(row: Delivery): boolean {
  return DELIVERY_KINDS[row.kind].schedule === 'daily'
}

/** Within the caller's transaction. */
export async function cancelPauseNotice(unit: Repositories, rows: readonly Delivery[], now: number): Promise<void> {
  for (const row of rows)
    if (row.kind === 'pause-ending' && isStillToCome(row))
      await unit.deliveries.cancelWaiting(row.id, 'the pause was changed', now)
}

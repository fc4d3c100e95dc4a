import { DELIVERY_KINDS } from '../../../core/delivery/email-kinds.ts'
import { localDateOf } from '../../../core/delivery/local-date.ts'
import type { AuditDetails, AuditEntry } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { type Delivery, type Enrolment, isStillToCome } from '../../../core/model.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'

/** What of a delivery decides about its day. */
export type DatedRow = Pick<Delivery, 'id' | 'kind' | 'day' | 'state' | 'dueAt' | 'firstHandoverAt'>

type MovePorts = Pick<Ports, 'calendar' | 'clock'>

/** A local date on which the next lesson can come. */
export interface EarlierDay {
  /** As in `2026-05-03`. */
  readonly date: string
  /** ms UTC: the learner's hour; now if that has passed today. */
  readonly at: number
}

/** Weekly lessons leave six days free; more only stand between after a change of settings. */
const MOST_DAYS = 14

/**
 * The days before the next lesson of a running course on which none came or comes, from today on. Empty if the next one is
 * due or being sent, and for a course that is not running. `rows`: of the enrolment.
 */
export function earlierDays(ports: MovePorts, enrolment: Enrolment, rows: readonly DatedRow[]): readonly EarlierDay[] {
  const now = ports.clock.now()
  const next = nextLesson(enrolment, rows, now)
  if (next === null) return []
  const days: EarlierDay[] = []
  // At the hour of each day, whatever the pace.
  const schedule = { ...enrolment, pace: 'daily' } as const
  const last = ports.calendar.localDayWindow(enrolment, next.dueAt).start
  for (let day = ports.calendar.localDayWindow(enrolment, now); day.start < last && days.length < MOST_DAYS; ) {
    const { start, end } = day
    const isFree = !rows.some((row) => row.day !== null && isWithin(row.firstHandoverAt, start, end))
    const at = Math.max(ports.calendar.firstSendTime(schedule, start), now)
    if (isFree && at < end) days.push({ date: localDateOf(enrolment.timeZone, start), at })
    day = ports.calendar.localDayWindow(enrolment, end)
  }
  return days
}

/**
 * Brings the next lesson forward to an earlier day without one, within the caller's transaction; those after it keep their
 * days. A lesson brought to today comes at once if its hour has passed. Returns what the audit log keeps of it. Fails with
 * `bad-input` for any other day.
 */
export async function moveLesson(
  ports: MovePorts,
  unit: Repositories,
  enrolment: Enrolment,
  date: string,
): Promise<AuditDetails> {
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const next = nextLesson(enrolment, rows, ports.clock.now())
  if (next === null) throw refuse('no-next-lesson')
  const day = earlierDays(ports, enrolment, rows).find((one) => one.date === date)
  if (day === undefined) throw refuse('no-such-day')
  return postpone(unit, next, day.at)
}

/** When the lesson that was brought forward last came before, ms UTC; null if that cannot be undone any more. */
export function formerTime(
  { clock }: Pick<Ports, 'clock'>,
  moved: Pick<AuditEntry, 'details'> | undefined,
  rows: readonly DatedRow[],
): number | null {
  const { delivery, from, to } = moved?.details ?? {}
  const row = rows.find(({ id, state }) => id === delivery && state === 'planned')
  const isAsMoved = row !== undefined && row.dueAt === to && to > clock.now()
  return isAsMoved && typeof from === 'number' && from > to ? from : null
}

/** Gives the lesson that was brought forward last its former time again, within the caller's transaction. */
export async function moveLessonBack(
  ports: Pick<Ports, 'clock'>,
  unit: Repositories,
  enrolment: Enrolment,
): Promise<AuditDetails> {
  const moved = await lastMove(unit, enrolment)
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const at = formerTime(ports, moved, rows)
  const row = rows.find(({ id }) => id === moved?.details.delivery)
  if (at === null || row === undefined) throw refuse('not-moved-back')
  return postpone(unit, row, at)
}

async function lastMove(unit: Repositories, { id, learnerId }: Enrolment): Promise<AuditEntry | undefined> {
  const lines = await unit.auditLog.page({ act: 'move-lesson', learnerId }, null, MOST_LINES)
  return lines.find(({ details }) => details.enrolment === id)
}

/** More moves than this of one person's other courses are not looked through. */
const MOST_LINES = 50

async function postpone(unit: Repositories, { id, dueAt }: DatedRow, at: number): Promise<AuditDetails> {
  if ((await unit.deliveries.postpone(id, at)) === null) throw refuse('no-next-lesson')
  return { delivery: id, from: dueAt, to: at }
}

/** The next email of the course if it still waits for its time. */
function nextLesson({ state }: Enrolment, rows: readonly DatedRow[], now: number): DatedRow | null {
  const toCome = rows.filter((row) => DELIVERY_KINDS[row.kind].schedule === 'daily' && isStillToCome(row))
  const [next] = toCome.toSorted((one, other) => (one.day ?? 0) - (other.day ?? 0))
  return state === 'active' && next?.state === 'planned' && next.dueAt > now ? next : null
}

function isWithin(instant: number | null, start: number, end: number): boolean {
  return instant !== null && start <= instant && instant < end
}

function refuse(why: 'no-next-lesson' | 'no-such-day' | 'not-moved-back'): AppError {
  return new AppError('bad-input', phrase(`desk.errors.${why}`))
}

import type { Calendar, Schedule } from '../../core/delivery/calendar.ts'
import type { Delivery } from '../../core/model.ts'

/**
 * The send times of the next `count` lessons at the pace of the schedule, at most one per local day, from `from` on.
 * `last`: when the last lesson came; null if none did. Instants are ms UTC; days and hours are local to the schedule.
 */
export function nextSendTimes(
  calendar: Calendar,
  schedule: Schedule,
  options: { from: number; last: number | null; count: number },
): number[] {
  const times: number[] = []
  const first = calendar.firstSendTime(schedule, options.from)
  let time = options.last === null ? first : Math.max(first, calendar.nextSendTime(schedule, options.last))
  while (times.length < options.count) {
    times.push(time)
    time = calendar.nextSendTime(schedule, time)
  }
  return times
}

/** When the last email of the course came, ms UTC; null before the first. */
export function lastLessonAt(rows: readonly Delivery[]): number | null {
  const times = rows.flatMap((row) => (row.day === null || row.firstHandoverAt === null ? [] : [row.firstHandoverAt]))
  return times.length === 0 ? null : Math.max(...times)
}

/** Opened on the page before its time came, which is the time that its handover has. */
export function wasOpenedEarly({ firstHandoverAt, settledAt }: Delivery): boolean {
  return firstHandoverAt !== null && settledAt !== null && firstHandoverAt > settledAt
}

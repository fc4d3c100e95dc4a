import { DEFAULT_PACE, type Pace } from '../pace.ts'
import type { Calendar, Schedule } from './calendar.ts'

/** Course days from one lesson to the next. */
const STEPS: Readonly<Record<Pace, number>> = { daily: 1, weekdays: 1, 'second-day': 2, weekly: 7 }

/**
 * A calendar for rehearsals: a course day lasts `courseDayMs` from confirmation, regardless of zones, hours and
 * weekdays. At a pace of a lesson a day, lesson n is due n-1 such days after confirmation.
 */
export function createRehearsalCalendar(courseDayMs: number): Calendar {
  if (!Number.isSafeInteger(courseDayMs) || courseDayMs < 1) throw new RangeError('A course day lasts at least 1 ms.')

  function localDayWindow({ confirmedAt }: Schedule, instant: number) {
    const start = confirmedAt + Math.floor((instant - confirmedAt) / courseDayMs) * courseDayMs
    return { start, end: start + courseDayMs }
  }

  return {
    dueAt: ({ confirmedAt, pace = DEFAULT_PACE }, day) => confirmedAt + (day - 1) * STEPS[pace] * courseDayMs,
    localDayWindow,
    nextSendTime: (schedule, instant) =>
      localDayWindow(schedule, instant).start + STEPS[schedule.pace ?? DEFAULT_PACE] * courseDayMs,
    firstSendTime: (schedule, instant) => localDayWindow(schedule, instant - 1).end,
  }
}

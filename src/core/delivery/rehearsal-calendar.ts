import type { Calendar, Schedule } from './calendar.ts'

/**
 * A calendar for rehearsals: a course day lasts `courseDayMs` from confirmation, regardless of zones, hours and
 * weekdays. Lesson n is due n-1 such days after confirmation.
 */
export function createRehearsalCalendar(courseDayMs: number): Calendar {
  if (!Number.isSafeInteger(courseDayMs) || courseDayMs < 1) throw new RangeError('A course day lasts at least 1 ms.')

  function localDayWindow({ confirmedAt }: Schedule, instant: number) {
    const start = confirmedAt + Math.floor((instant - confirmedAt) / courseDayMs) * courseDayMs
    return { start, end: start + courseDayMs }
  }

  return {
    dueAt: ({ confirmedAt }, day) => confirmedAt + (day - 1) * courseDayMs,
    localDayWindow,
    nextSendTime: (schedule, instant) => localDayWindow(schedule, instant).end,
  }
}

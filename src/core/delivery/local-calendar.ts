import { Temporal } from 'temporal-polyfill'
import { DEFAULT_PACE, type Pace } from '../pace.ts'
import type { Calendar, DayWindow } from './calendar.ts'
import { usableZone } from './time-zone.ts'

interface LocalDay extends DayWindow {
  readonly date: Temporal.PlainDate
}

/** Maximum number of cached zones before the cache is cleared: more than there are zone names. */
const ZONES_REMEMBERED = 2_000
const DAYS_REMEMBERED = 6
const MINUTE_MS = 60_000
const DAYS_A_WEEK = 7
/** ISO 8601: Monday is 1. */
const SATURDAY = 6

/**
 * The calendar of real days in the learner's zone. All arithmetic is in local wall time: dates that the zone skipped
 * (Apia, 30 December 2011) do not count, a skipped hour moves to the next valid time, and of a repeated hour the first
 * one counts. Unknown zones fall back as in `usableZone`, and are reported once to `onUnknownZone`.
 */
export function createLocalCalendar(onUnknownZone: (zone: string, used: string) => void = () => {}): Calendar {
  const remembered = new Map<string, LocalDay[]>()
  const usable = new Map<string, string>()

  function zoneOf(name: string): string {
    const known = usable.get(name)
    if (known !== undefined) return known
    const used = usableZone(name)
    if (used !== name) onUnknownZone(name, used)
    if (usable.size >= ZONES_REMEMBERED) usable.clear()
    usable.set(name, used)
    return used
  }

  function dayHolding(timeZone: string, instant: number): LocalDay {
    const days = remembered.get(timeZone) ?? []
    const known = days.find((day) => day.start <= instant && instant < day.end)
    if (known) return known
    const found = findDay(timeZone, instant)
    if (remembered.size >= ZONES_REMEMBERED) remembered.clear()
    remembered.set(timeZone, [found, ...days.slice(0, DAYS_REMEMBERED - 1)])
    return found
  }

  return {
    dueAt({ confirmedAt, timeZone: name, hour, pace }, day) {
      if (day <= 1) return confirmedAt
      const timeZone = zoneOf(name)
      let { date } = dayHolding(timeZone, confirmedAt)
      for (let left = day - 1; left > 0; left -= 1) date = nextDate(date, timeZone, pace)
      return atHour(date, timeZone, hour)
    },

    localDayWindow({ timeZone }, instant) {
      const { start, end } = dayHolding(zoneOf(timeZone), instant)
      return { start, end }
    },

    nextSendTime({ timeZone: name, hour, pace }, instant) {
      const timeZone = zoneOf(name)
      return atHour(nextDate(dayHolding(timeZone, instant).date, timeZone, pace), timeZone, hour)
    },

    firstSendTime({ timeZone: name, hour, pace }, instant) {
      const timeZone = zoneOf(name)
      let { date } = dayHolding(timeZone, instant)
      while (!isDateOf(pace, date) || atHour(date, timeZone, hour) < instant) date = nextExistingDate(date, timeZone)
      return atHour(date, timeZone, hour)
    },
  }
}

/**
 * A day begins when its date is first reached. So days follow one another without overlap even if the clock goes back
 * across midnight: the repeated hour belongs to the date that has already begun.
 */
function findDay(timeZone: string, instant: number): LocalDay {
  let date = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate()
  let end = startOf(date.add({ days: 1 }), timeZone)
  while (end <= instant) {
    date = nextExistingDate(date, timeZone)
    end = startOf(date.add({ days: 1 }), timeZone)
  }
  return { date, start: startOf(date, timeZone), end }
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds
}

function nextExistingDate(date: Temporal.PlainDate, timeZone: string): Temporal.PlainDate {
  return date.add({ days: 1 }).toZonedDateTime(timeZone).toPlainDate()
}

/** The date of the next lesson after one on this date. */
function nextDate(date: Temporal.PlainDate, timeZone: string, pace: Pace = DEFAULT_PACE): Temporal.PlainDate {
  // The weekday stays the same, also across a date that the zone skips.
  if (pace === 'weekly') return nextExistingDate(date.add({ days: DAYS_A_WEEK - 1 }), timeZone)
  let next = nextExistingDate(date, timeZone)
  if (pace === 'second-day') next = nextExistingDate(next, timeZone)
  while (!isDateOf(pace, next)) next = nextExistingDate(next, timeZone)
  return next
}

/** Whether lessons come on this date at all. */
function isDateOf(pace: Pace | undefined, date: Temporal.PlainDate): boolean {
  return pace !== 'weekdays' || date.dayOfWeek < SATURDAY
}

/**
 * The given hour on an existing date. If the hour is skipped and the gap reaches the end of the date (23:00 in Nuuk in
 * spring), the next valid time would be on another date, so the last minute before the gap is used.
 */
function atHour(date: Temporal.PlainDate, timeZone: string, hour: number): number {
  const wall = date.toPlainDateTime({ hour })
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds
  const later = wall.toZonedDateTime(timeZone, { disambiguation: 'later' })
  const afterGap = firstWithOffset(timeZone, earlier.epochMilliseconds, later.epochMilliseconds)
  const endOfDate = startOf(date.add({ days: 1 }), timeZone)
  return afterGap < endOfDate ? afterGap : endOfDate - MINUTE_MS
}

/** The time in (from, to] at which the clock jumps; both are within one gap of it. */
function firstWithOffset(timeZone: string, from: number, to: number): number {
  const offsetAt = (instant: number) =>
    Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).offsetNanoseconds
  const after = offsetAt(to)
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === after) high = middle
    else low = middle
  }
  return high
}

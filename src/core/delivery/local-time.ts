import { usableZone } from './time-zone.ts'

/** Instants put into a reader's words. All instants are ms since the epoch, UTC; zones are IANA names. */

const DAY_MS = 86_400_000

/**
 * When something comes, as a person would say it: "today at 19:00", "tomorrow, Tuesday, at 07:00", "on Friday at
 * 07:00", and with the date from a week on: "on Friday, 4 December, at 07:00" (and the year when it is another one).
 * Days are counted between local dates, not in hours, so that a clock change does not turn tomorrow into today.
 * A zone that is not known is read as the calendar reads it.
 */
export function formatWhen(instant: number, timeZone: string, now: number): string {
  const then = localParts(instant, timeZone)
  const here = localParts(now, timeZone)
  const days = Math.round((then.date - here.date) / DAY_MS)
  if (days === 0) return `today at ${then.time}`
  if (days === 1) return `tomorrow, ${then.weekday}, at ${then.time}`
  if (days > 1 && days < 7) return `on ${then.weekday} at ${then.time}`
  const year = then.year === here.year ? '' : ` ${then.year}`
  return `on ${then.weekday}, ${then.day} ${then.month}${year}, at ${then.time}`
}

/** An instant that has gone by, as a date and a time: "3 May, 14:10", and with the year when it is another one. */
export function formatInstant(instant: number, timeZone: string, now: number): string {
  const then = localParts(instant, timeZone)
  const year = then.year === localParts(now, timeZone).year ? '' : ` ${then.year}`
  return `${then.day} ${then.month}${year}, ${then.time}`
}

/** The local weekday of an instant: "Monday". */
export function weekdayOf(instant: number, timeZone: string): string {
  return localParts(instant, timeZone).weekday
}

interface LocalParts {
  /** Midnight of the local date, as if it were UTC: good for counting days only. */
  readonly date: number
  readonly year: number
  readonly month: string
  readonly day: number
  readonly weekday: string
  readonly time: string
}

function localParts(instant: number, timeZone: string): LocalParts {
  const parts = new Map(
    formatterFor(timeZone)
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  )
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
  const month = number('month')
  return {
    date: Date.UTC(number('year'), month - 1, number('day')),
    year: number('year'),
    month: MONTHS[month - 1] ?? '',
    day: number('day'),
    weekday: parts.get('weekday') ?? '',
    time: `${parts.get('hour')}:${parts.get('minute')}`,
  }
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

// Making a formatter costs a hundred times what using one does, and there are some six hundred zones. A name counts in any
// mixture of capitals, of which there is no end, and each formatter holds tens of kilobytes.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const name = timeZone.toLowerCase()
  let formatter = formatters.get(name)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: usableZone(timeZone),
      calendar: 'gregory',
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formatters.set(name, formatter)
  }
  return formatter
}

import { usableZone } from '../../core/delivery/time-zone.ts'

/** English times for pages whose sentences are not in locales/ yet. All times are ms UTC; zones are IANA names. */

const DAY_MS = 86_400_000

/**
 * When something is due, in everyday words: "today at 19:00", "tomorrow, Tuesday, at 07:00", "on Friday at 07:00", from
 * a week ahead "on Friday, 4 December, at 07:00", and with the year if it is another one. Days are differences between
 * local dates, not hours, so that a clock change does not turn tomorrow into today. Unknown zones are treated as in the
 * calendar.
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

/** A past time: "3 May, 14:10", with the year if it is another one. */
export function formatInstant(instant: number, timeZone: string, now: number): string {
  const then = localParts(instant, timeZone)
  const year = then.year === localParts(now, timeZone).year ? '' : ` ${then.year}`
  return `${then.day} ${then.month}${year}, ${then.time}`
}

/** The local weekday: "Monday". */
export function weekdayOf(instant: number, timeZone: string): string {
  return localParts(instant, timeZone).weekday
}

interface LocalParts {
  /** Midnight of the local date, as if it were UTC; only for counting days. */
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

// Cached, because creating a formatter costs a hundred times as much as using it. The key is the lower-case name: names
// are case-insensitive, and variants could fill the cache at tens of kilobytes each.
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

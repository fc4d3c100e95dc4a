import type { Words } from '../words.ts'
import { usableZone } from './time-zone.ts'

/**
 * Times as readers see them, in their language and time zone. All times are ms UTC; zones are IANA names. Unknown zones
 * are treated as in the calendar.
 */

const DAY_MS = 86_400_000

/**
 * When something is due, in everyday words: "today at 7:00 PM", "tomorrow, Tuesday, at 7:00 AM", "on Friday at 7:00
 * AM", and from a week ahead with the date, and with the year if it is another one. Days are differences between local
 * dates, not hours, so that a clock change does not turn tomorrow into today.
 */
export function formatWhen(words: Words, instant: number, timeZone: string, now: number): string {
  const then = localDate(instant, timeZone)
  const here = localDate(now, timeZone)
  const days = Math.round((then.midnight - here.midnight) / DAY_MS)
  const time = formatTime(words, instant, timeZone)
  if (days === 0) return words.say('delivery.when-today', { time })
  const weekday = formatWeekday(words, instant, timeZone)
  if (days === 1) return words.say('delivery.when-tomorrow', { weekday, time })
  if (days > 1 && days < 7) return words.say('delivery.when-this-week', { weekday, time })
  const date = then.year === here.year ? DATE : DATE_WITH_YEAR
  return words.say('delivery.when-later', { date: format(words.locale, date, timeZone, instant), time })
}

/** A past time: "May 3, 2:10 PM", with the year if it is another one. */
export function formatInstant(words: Words, instant: number, timeZone: string, now: number): string {
  const isThisYear = localDate(instant, timeZone).year === localDate(now, timeZone).year
  const date = isThisYear ? SHORT_DATE : SHORT_DATE_WITH_YEAR
  return formatList(
    words,
    [format(words.locale, date, timeZone, instant), formatTime(words, instant, timeZone)],
    'unit',
  )
}

/** A date with its year: "May 3, 2026". */
export function formatDate(words: Words, instant: number, timeZone: string): string {
  return format(words.locale, SHORT_DATE_WITH_YEAR, timeZone, instant)
}

/** The local weekday: "Monday". */
export function formatWeekday(words: Words, instant: number, timeZone: string): string {
  return format(words.locale, WEEKDAY, timeZone, instant)
}

/** The local time of day, by 12 or 24 hours as the language has it. */
export function formatTime(words: Words, instant: number, timeZone: string): string {
  return format(words.locale, TIME, timeZone, instant)
}

/** A full hour of the day, 0 to 23. */
export function formatHour(words: Words, hour: number): string {
  return formatTime(words, hour * 3_600_000, 'UTC')
}

/** "a, b and c", "a, b or c", or "a, b, c". */
export function formatList(words: Words, items: readonly string[], type: Intl.ListFormatType): string {
  return new Intl.ListFormat(words.locale, { type, style: type === 'unit' ? 'short' : 'long' }).format(items)
}

export function formatNumber(words: Words, number: number): string {
  return new Intl.NumberFormat(words.locale).format(number)
}

const WEEKDAY = { weekday: 'long' } as const
const TIME = { timeStyle: 'short' } as const
const SHORT_DATE = { day: 'numeric', month: 'long' } as const
const SHORT_DATE_WITH_YEAR = { ...SHORT_DATE, year: 'numeric' } as const
const DATE = { weekday: 'long', ...SHORT_DATE } as const
const DATE_WITH_YEAR = { weekday: 'long', ...SHORT_DATE_WITH_YEAR } as const
const NUMBERS = { year: 'numeric', month: '2-digit', day: '2-digit' } as const

/** The local date; `midnight` is its start as if it were UTC, only for counting days. */
function localDate(instant: number, timeZone: string): { readonly year: number; readonly midnight: number } {
  const parts = new Map(
    formatterFor('en', NUMBERS, timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
  return { year: number('year'), midnight: Date.UTC(number('year'), number('month') - 1, number('day')) }
}

function format(locale: string, options: Intl.DateTimeFormatOptions, timeZone: string, instant: number): string {
  // A narrow space before AM and PM is missing in some fonts of mail programs.
  return formatterFor(locale, options, timeZone).format(instant).replaceAll('\u202f', '\u00a0')
}

// Cached, because creating a formatter costs a hundred times as much as using it. Zones are in lower case: their names
// are case-insensitive, and variants could fill the cache at tens of kilobytes each.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterFor(locale: string, options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone.toLowerCase()} ${Object.keys(options).join()}`
  let formatter = formatters.get(key)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: usableZone(timeZone), calendar: 'gregory' })
    formatters.set(key, formatter)
  }
  return formatter
}

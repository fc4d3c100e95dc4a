import { Temporal } from 'temporal-polyfill'
import { usableZone } from './time-zone.ts'

/** The local date of an instant (ms UTC), as in `2026-05-03`. Unknown zones fall back as in `usableZone`. */
export function localDateOf(timeZone: string, instant: number): string {
  return dateOf(timeZone, instant).toString()
}

/** The same, so many days later. */
export function localDateAfter(timeZone: string, instant: number, days: number): string {
  return dateOf(timeZone, instant).add({ days }).toString()
}

/**
 * When this local date begins, ms UTC. A date that the zone skips begins with the next one. Null if the text is not a
 * date in the form `2026-05-03`.
 */
export function startOfLocalDate(timeZone: string, date: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null
  try {
    return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime(usableZone(timeZone)).epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function dateOf(timeZone: string, instant: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(usableZone(timeZone)).toPlainDate()
}

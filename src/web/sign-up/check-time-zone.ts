import { isKnownZone, zonesMeantBy } from '../../core/delivery/time-zone.ts'

/**
 * Cached, because checking is expensive and there are only about six hundred valid names; invalid ones are not cached.
 */
const known = new Set<string>()

/**
 * Whether lessons can be scheduled by this name. Offsets such as +01:00 are rejected, because they have no daylight
 * saving time.
 */
export function isTimeZone(name: string): boolean {
  // Names are case-insensitive, so the cache needs a normal form to stay small.
  const key = name.toLowerCase()
  if (known.has(key)) return true
  if (!isKnownZone(name)) return false
  known.add(key)
  return true
}

/** The error message for an invalid name, with suggestions. */
export function timeZoneProblem(name: unknown): string {
  const meant = typeof name === 'string' ? zonesMeantBy(name) : []
  if (meant.length === 0) return 'We do not know this time zone. Please choose one from the list.'
  return `This abbreviation is not a time zone we know. Please choose a place, such as ${meant.join(' or ')}.`
}

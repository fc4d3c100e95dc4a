import { isKnownZone, zonesMeantBy } from '../../core/delivery/time-zone.ts'

/** Asking costs much, and there are some six hundred names; what is no name is not remembered. */
const known = new Set<string>()

/** True for a name that lessons can be timed by; plain offsets such as +01:00 are refused, they know no summer time. */
export function isTimeZone(name: string): boolean {
  // Names count in any mixture of capitals, of which there is no end.
  const key = name.toLowerCase()
  if (known.has(key)) return true
  if (!isKnownZone(name)) return false
  known.add(key)
  return true
}

/** The sentence for a name that is none, with what was probably meant. */
export function timeZoneProblem(name: unknown): string {
  const meant = typeof name === 'string' ? zonesMeantBy(name) : []
  if (meant.length === 0) return 'We do not know this time zone. Please choose one from the list.'
  return `This abbreviation is not a time zone we know. Please choose a place, such as ${meant.join(' or ')}.`
}

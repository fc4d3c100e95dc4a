import { isKnownZone, zonesMeantBy } from '../../core/delivery/time-zone.ts'
import { type Phrase, phrase } from '../../core/words.ts'

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

/** What is wrong with an invalid name, with suggestions. */
export function timeZoneProblem(name: unknown): Phrase {
  const meant = typeof name === 'string' ? zonesMeantBy(name) : []
  if (meant.length === 0) return phrase('sign-up.zone-unknown')
  return phrase('sign-up.zone-meant', { places: meant.join(', ') })
}

import type { HelpNumbers } from './help-numbers.ts'

/** Places that are not an ISO 3166 country but a union of several. */
const UNIONS: Readonly<Record<string, readonly string[]>> = {
  eu: 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
}

/** ECMA-402, Intl Locale Info; not in TypeScript's library yet. */
type LocaleWithZones = Intl.Locale & { getTimeZones(): string[] }

/** Zones that some browsers know under a newer name than this runtime. */
const NEWER: Readonly<Record<string, string>> = { 'Asia/Calcutta': 'Asia/Kolkata' }

/** Asking the runtime takes milliseconds, and each page with help lines asks for every place of a course. */
const zonesByPlace = new Map<string, readonly string[]>()

/**
 * The IANA time zones of a place of the help numbers: a country code, `uk`, or a union. Empty for other ids. The page
 * passes them to the browser, which compares them with its own zone, so that the reader's location never leaves the
 * browser.
 */
export function zonesOf(placeId: string): readonly string[] {
  const known = zonesByPlace.get(placeId)
  if (known) return known
  const zones = regionsOf(placeId)
    .flatMap((region) => (new Intl.Locale(`und-${region}`) as LocaleWithZones).getTimeZones())
    .flatMap((zone) => (NEWER[zone] === undefined ? zone : [zone, NEWER[zone]]))
  zonesByPlace.set(placeId, zones)
  return zones
}

/** Browsers send a few dozen characters. */
const MAX_HEADER_LENGTH = 400

/**
 * The id of the place that an `Accept-Language` header points to (RFC 9110, section 12.5.4), or null. Only for browsers
 * without scripts. Only regions count, not languages.
 */
export function likelyPlace(numbers: HelpNumbers, acceptLanguage: string): string | null {
  for (const [, region] of acceptLanguage.slice(0, MAX_HEADER_LENGTH).matchAll(/[a-z]{2,3}-([A-Za-z]{2})\b/gi)) {
    const code = region?.toUpperCase() ?? ''
    const own = numbers.places.find(({ id }) => !(id in UNIONS) && regionsOf(id).includes(code))
    const found = own ?? numbers.places.find(({ id }) => regionsOf(id).includes(code))
    if (found) return found.id
  }
  return null
}

function regionsOf(placeId: string): readonly string[] {
  if (UNIONS[placeId]) return UNIONS[placeId]
  return /^[a-z]{2}$/.test(placeId) ? [placeId === 'uk' ? 'GB' : placeId.toUpperCase()] : []
}

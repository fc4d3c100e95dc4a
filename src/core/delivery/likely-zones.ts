/** ECMA-402, Intl Locale Info; not in TypeScript's library yet. */
type LocaleWithZones = Intl.Locale & { getTimeZones(): string[] | undefined }

const MAX_HEADER_LENGTH = 200
const MAX_LANGUAGES = 3
/** With more zones, the short list would not help. */
const MAX_ZONES = 30

/**
 * IANA time zones of the countries in an `Accept-Language` header (RFC 9110, section 12.5.4), most likely first. A
 * language without a region means its most populous country. Used to suggest options, never to choose one.
 */
export function likelyZones(acceptLanguage: string): readonly string[] {
  const tags = acceptLanguage.slice(0, MAX_HEADER_LENGTH).split(',').slice(0, MAX_LANGUAGES)
  const zones = tags.flatMap((tag) => zonesOfLanguage((tag.split(';')[0] ?? '').trim()))
  return [...new Set(zones)].slice(0, MAX_ZONES)
}

function zonesOfLanguage(tag: string): readonly string[] {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(tag)) return []
  try {
    const { region } = new Intl.Locale(tag).maximize()
    return region === undefined ? [] : ((new Intl.Locale(`und-${region}`) as LocaleWithZones).getTimeZones() ?? [])
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

/** ECMA-402, Intl Locale Info; not in the compiler's library yet. */
type LocaleWithZones = Intl.Locale & { getTimeZones(): string[] | undefined }

const MAX_HEADER_LENGTH = 200
const MAX_LANGUAGES = 3
/** With more of them the short list would be no shorter than the whole. */
const MAX_ZONES = 30

/**
 * IANA zones of the countries that an `Accept-Language` header (RFC 9110, section 12.5.4) speaks of, most likely first. A
 * language without a region stands for the country where most speak it. For a list to choose from, never a choice.
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

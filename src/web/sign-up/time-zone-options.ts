import type { Words } from '../../core/words.ts'
import { type Html, html, on } from '../page/html.ts'

const GROUPS = groupZones(Intl.supportedValuesOf('timeZone'))

/**
 * All zones of the runtime by region, and `chosen` even if it is an older name. Empty: nothing chosen. `likely` zones
 * come first, for people without scripts.
 */
export function timeZoneOptions(words: Words, chosen: string, likely: readonly string[] = []): readonly Html[] {
  const known = [...likely, ...GROUPS.flatMap(([, zones]) => zones)].includes(chosen)
  // If two options are equal, the browser selects the first.
  const rest = likely.includes(chosen) ? '' : chosen
  return [
    html`<option value="">${words.say('sign-up.zones.choose')}</option>\n`,
    ...(chosen !== '' && !known ? [option(chosen, chosen)] : []),
    ...(likely.length === 0
      ? []
      : [
          html`<optgroup label="${words.say('sign-up.zones.likely')}">${likely.map((zone) => option(zone, chosen))}</optgroup>\n`,
        ]),
    ...GROUPS.map(
      ([region, zones]) =>
        html`<optgroup label="${region ?? words.say('sign-up.zones.elsewhere')}">${zones.map((zone) => option(zone, rest))}</optgroup>\n`,
    ),
  ]
}

/** The name only: the list is long, and options without a value submit their text. */
function option(zone: string, chosen: string): Html {
  return html`<option${on('selected', zone === chosen)}>${zone}</option>`
}

/** By continent or ocean, as the names of the zones begin; null for those without one. */
function groupZones(zones: readonly string[]): readonly (readonly [string | null, readonly string[]])[] {
  const groups = new Map<string | null, string[]>()
  for (const zone of [...zones, 'UTC']) {
    const region = zone.includes('/') ? (zone.split('/')[0] ?? null) : null
    const group = groups.get(region) ?? []
    if (!group.includes(zone)) groups.set(region, [...group, zone])
  }
  return [...groups]
}

import { type Html, html, on } from '../page/html.ts'

const GROUPS = groupZones(Intl.supportedValuesOf('timeZone'))

/**
 * Every zone the runtime knows, by region, and `chosen` even where it goes by an older name. Empty: nothing chosen yet.
 * `likely` ones stand first, so that whoever has no scripts need not look for theirs.
 */
export function timeZoneOptions(chosen: string, likely: readonly string[] = []): readonly Html[] {
  const known = [...likely, ...GROUPS.flatMap(([, zones]) => zones)].includes(chosen)
  // Of two options alike the first is chosen.
  const rest = likely.includes(chosen) ? '' : chosen
  return [
    html`<option value="">Choose your time zone</option>\n`,
    ...(chosen !== '' && !known ? [option(chosen, chosen)] : []),
    ...(likely.length === 0
      ? []
      : [html`<optgroup label="Likely">${likely.map((zone) => option(zone, chosen))}</optgroup>\n`]),
    ...GROUPS.map(
      ([region, zones]) => html`<optgroup label="${region}">${zones.map((zone) => option(zone, rest))}</optgroup>\n`,
    ),
  ]
}

/** The name alone, as text: the list is long, and an option without a value sends its text. */
function option(zone: string, chosen: string): Html {
  return html`<option${on('selected', zone === chosen)}>${zone}</option>`
}

function groupZones(zones: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>()
  for (const zone of [...zones, 'UTC']) {
    const region = zone.includes('/') ? (zone.split('/')[0] ?? '') : 'Elsewhere'
    const group = groups.get(region) ?? []
    if (!group.includes(zone)) groups.set(region, [...group, zone])
  }
  return [...groups]
}

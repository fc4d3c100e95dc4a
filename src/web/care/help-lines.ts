import {
  dialled,
  type HelpKind,
  type HelpLine,
  type HelpNumbers,
  type HelpPlace,
  texted,
} from '../../core/course/help-numbers.ts'
import { zonesOf } from '../../core/course/likely-help-country.ts'
import { type Html, html, on } from '../page/html.ts'

const KINDS: Readonly<Record<HelpKind, string>> = {
  emergency: 'Emergency',
  abuse: 'Abuse',
  crisis: 'Crisis',
  'own-behaviour': 'Your own behaviour',
  birth: 'Around a birth',
}

/**
 * Numbers of these kinds, one expandable section per place. `likely` is open; in the browser, help-lines.js opens the
 * place of its time zone instead and moves it to the top. Each list on a page needs its own id.
 */
export function helpLines(numbers: HelpNumbers, kinds: readonly HelpKind[], likely: string | null, id: string): Html {
  const places = numbers.places.filter((place) => place.lines.some((line) => kinds.includes(line.kind)))
  const first = places.filter((place) => place.id === likely)
  const rest = places.filter((place) => place.id !== likely)
  return html`<div class="help-lines" role="group" aria-labelledby="${id}" data-help-lines>
<p class="lines-title" id="${id}">Numbers by country</p>
${first.map((place) => drawer(place, kinds, true))}
<details class="others" data-others${on('open', likely === null)}><summary>Other countries</summary>
${rest.map((place) => drawer(place, kinds, false))}</details>
<p class="hint">We last checked these numbers on <time datetime="${numbers.reviewed}">${dayInWords(numbers.reviewedAt)}</time>. ${numbers.how} If one fails, use your emergency number.</p>
</div>`
}

function drawer(place: HelpPlace, kinds: readonly HelpKind[], isLikely: boolean): Html {
  const zones = zonesOf(place.id)
  return html`<details class="place"${zones.length > 0 && html` data-zones="${zones.join(' ')}"`}${on('open', isLikely)}>
<summary>${place.name}</summary>
<ul>${kinds.flatMap((kind) => place.lines.filter((line) => line.kind === kind).map((line) => helpLine(line)))}</ul>
</details>
`
}

function helpLine(line: HelpLine): Html {
  return html`<li><span class="kicker">${KINDS[line.kind]}</span> <b>${line.name}</b>
<span class="reach">${line.phone !== '' && html`<a class="number" href="tel:${dialled(line.phone)}"><span class="away">Call </span>${line.phone}</a>`} ${textLink(line)} ${
    line.web !== '' && html`<a href="https://${line.web}" rel="noopener noreferrer nofollow">${line.web}</a>`
  }</span>
${line.note !== '' && html`<span class="quiet">${line.note}</span>`}
${lookUp(line)}
</li>
`
}

function lookUp({ checked, certainty, phone, text, web }: HelpLine): Html | null {
  if (checked === null && phone + text + web !== '')
    return html`<span class="quiet look-up">We could not confirm this one. Look it up before you rely on it.</span>`
  if (certainty === 'high') return null
  return html`<span class="quiet look-up">We are less sure of this one. Look it up before you rely on it.</span>`
}

function textLink({ text }: HelpLine): Html | null {
  if (text === '') return null
  const target = texted(text)
  if (target === null) return html`<span>Text ${text}</span>`
  return html`<a class="number" href="sms:${target}">Text ${text}</a>`
}

function dayInWords(instant: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(instant)
}

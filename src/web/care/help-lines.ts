import {
  dialled,
  type HelpKind,
  type HelpLine,
  type HelpNumbers,
  type HelpPlace,
  texted,
} from '../../core/course/help-numbers.ts'
import { zonesOf } from '../../core/course/likely-help-country.ts'
import { formatDate } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, marked, on } from '../page/html.ts'

/**
 * Numbers of these kinds, one expandable section per place. `likely` is open; in the browser, help-lines.js opens the
 * place of its time zone instead and moves it to the top. Each list on a page needs its own id.
 */
export function helpLines(
  words: Words,
  numbers: HelpNumbers,
  kinds: readonly HelpKind[],
  likely: string | null,
  id: string,
): Html {
  const places = numbers.places.filter((place) => place.lines.some((line) => kinds.includes(line.kind)))
  const first = places.filter((place) => place.id === likely)
  const rest = places.filter((place) => place.id !== likely)
  const date = (text: string) => html`<time datetime="${numbers.reviewed}">${text}</time>`
  const checked = words.say('care.lines-checked', { date: formatDate(words, numbers.reviewedAt, 'UTC') })
  return html`<div class="help-lines" role="group" aria-labelledby="${id}" data-help-lines>
<p class="lines-title" id="${id}">${words.say('care.lines-title')}</p>
${first.map((place) => drawer(words, place, kinds, true))}
<details class="others" data-others${on('open', likely === null)}><summary>${words.say('care.lines-others')}</summary>
${rest.map((place) => drawer(words, place, kinds, false))}</details>
<p class="hint">${marked(checked, { date })} ${numbers.how} ${words.say('care.lines-fail')}</p>
</div>`
}

function drawer(words: Words, place: HelpPlace, kinds: readonly HelpKind[], isLikely: boolean): Html {
  const zones = zonesOf(place.id)
  return html`<details class="place"${zones.length > 0 && html` data-zones="${zones.join(' ')}"`}${on('open', isLikely)}>
<summary>${place.name}</summary>
<ul>${kinds.flatMap((kind) => place.lines.filter((line) => line.kind === kind).map((line) => helpLine(words, line)))}</ul>
</details>
`
}

function helpLine(words: Words, line: HelpLine): Html {
  const away = (text: string) => html`<span class="away">${text}</span>`
  return html`<li><span class="kicker">${words.say(`care.kind-${line.kind}`)}</span> <b>${line.name}</b>
<span class="reach">${line.phone !== '' && html`<a class="number" href="tel:${dialled(line.phone)}">${marked(words.say('care.line-call', { number: line.phone }), { away })}</a>`} ${textLink(words, line)} ${
    line.web !== '' && html`<a href="https://${line.web}" rel="noopener noreferrer nofollow">${line.web}</a>`
  }</span>
${line.note !== '' && html`<span class="quiet">${line.note}</span>`}
${lookUp(words, line)}
</li>
`
}

function lookUp(words: Words, { checked, certainty, phone, text, web }: HelpLine): Html | null {
  if (checked === null && phone + text + web !== '')
    return html`<span class="quiet look-up">${words.say('care.line-unconfirmed')}</span>`
  if (certainty === 'high') return null
  return html`<span class="quiet look-up">${words.say('care.line-unsure')}</span>`
}

function textLink(words: Words, { text }: HelpLine): Html | null {
  if (text === '') return null
  const target = texted(text)
  const says = words.say('care.line-text', { number: text })
  if (target === null) return html`<span>${says}</span>`
  return html`<a class="number" href="sms:${target}">${says}</a>`
}

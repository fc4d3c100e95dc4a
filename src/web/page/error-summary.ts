import type { Words } from '../../core/words.ts'
import { type Html, html, marked } from './html.ts'

/** Field name to error message. */
export type FieldErrors = Readonly<Record<string, string>>

export interface ErrorEntry {
  /** The id of the field, without `#`; null if the page has none. */
  readonly id: string | null
  readonly text: string
}

/**
 * The error summary above the form: each message links to its field, and the browser focuses it first (GOV.UK Design
 * System, "Error summary"). Null without errors. `more` follows the list.
 */
export function summaryOf(
  words: Words,
  entries: readonly ErrorEntry[],
  more = '',
  heading = words.say('page.summary.heading'),
): Html | null {
  if (entries.length === 0) return null
  return html`<div class="notice notice-look" role="alert" tabindex="-1" autofocus data-summary>
<h2 class="summary-head">${heading}</h2>
<ul>${entries.map(({ id, text }) => html`<li>${id === null ? text : html`<a href="#${id}">${text}</a>`}</li>`)}</ul>
${more !== '' && html`<p>${more}</p>`}
</div>`
}

/** The same for errors by field; `fields` are those whose id equals their name. */
export function errorSummary(words: Words, errors: FieldErrors, fields: readonly string[]): Html | null {
  const order = (name: string) => (fields.includes(name) ? fields.indexOf(name) : fields.length)
  const names = Object.keys(errors).sort((a, b) => order(a) - order(b))
  return summaryOf(
    words,
    names.map((name) => ({ id: fields.includes(name) ? name : null, text: errors[name] ?? '' })),
    words.say('page.summary.kept'),
  )
}

/** What is wrong with a field or question. `marks` connects it to the input by its id, `fault-<name>`. */
export function faultLine(words: Words, name: string, message: string): Html {
  const away = (text: string) => html`<span class="away">${text}</span>`
  return html`<p class="fault" id="fault-${name}">${marked(words.say('page.error', { message }), { away })}</p>`
}

/** The error message at a field, linked to it by `marks`. */
export function fieldError(words: Words, name: string, errors: FieldErrors): Html | null {
  const sentence = errors[name]
  return sentence === undefined ? null : html`${faultLine(words, name, sentence)}\n`
}

export function invalidAttributes(name: string, errors: FieldErrors): Html | null {
  return errors[name] === undefined ? null : html` aria-invalid="true" aria-describedby="fault-${name}"`
}

/** The same for a group of inputs, which can be described but not invalid (WAI-ARIA 1.2, `aria-invalid`). */
export function describedBy(name: string, errors: FieldErrors): Html | null {
  return errors[name] === undefined ? null : html` aria-describedby="fault-${name}"`
}

import { escapeHtml } from './escape-html.ts'

export interface PlaceholderValues {
  /** May be empty. Untrusted input. */
  readonly name: string
  readonly weekday: string
}

const KNOWN = /\{\{(name|, name|weekday)\}\}/g
/** Anything that was probably meant as a placeholder: a pair of braces, closed or not. */
const MEANT = /\{\{[^{}\n]*\}\}|\{\{|\}\}/g

/**
 * Fills `{{name}}`, `{{, name}}` (the comma is dropped if there is no name) and `{{weekday}}` in plain text. Render
 * Markdown first and fill the result, so that values are never parsed as Markdown.
 */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return fill(text, values, (value) => value)
}

/** The same in rendered HTML: values are escaped. */
export function fillPlaceholdersInHtml(html: string, values: PlaceholderValues): string {
  return fill(html, values, escapeHtml)
}

/** Probable placeholders that are not known, with their index in the text. */
export function unknownPlaceholders(text: string): { index: number; text: string }[] {
  return [...text.matchAll(MEANT)]
    .filter((match) => !/^\{\{(name|, name|weekday)\}\}$/.test(match[0]))
    .map((match) => ({ index: match.index, text: match[0] }))
}

/** Whether only punctuation remains of a line when there is no name. */
export function isEmptyWithoutName(text: string): boolean {
  return !/[^\s\p{P}]/u.test(fillPlaceholders(text, { name: '', weekday: 'Monday' }))
}

function fill(text: string, { name, weekday }: PlaceholderValues, encode: (value: string) => string): string {
  const calm = encode(onOneLine(name))
  // A function, because `$` is special in replacement strings; a single pass, because a name may look like a
  // placeholder.
  return text.replace(KNOWN, (_, which: string) => {
    if (which === 'weekday') return encode(weekday)
    if (which === 'name' || calm === '') return calm
    return `, ${calm}`
  })
}

/** A line break in a name could forge a header or a line of text. */
function onOneLine(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

import { escapeHtml } from './escape-html.ts'

export interface PlaceholderValues {
  /** May be empty. Typed by a stranger: treat as hostile. */
  readonly name: string
  readonly weekday: string
}

const KNOWN = /\{\{(name|, name|weekday)\}\}/g
/** Anything that looks meant as a placeholder: a pair of braces, closed or not. */
const MEANT = /\{\{[^{}\n]*\}\}|\{\{|\}\}/g

/**
 * Fills `{{name}}`, `{{, name}}` (which takes its comma with it when there is no name) and `{{weekday}}` in plain text.
 * For Markdown, render first and fill the result, so that a value is never read as Markdown.
 */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return fill(text, values, (value) => value)
}

/** The same in finished HTML: values are escaped, so that a name is never read as HTML. */
export function fillPlaceholdersInHtml(html: string, values: PlaceholderValues): string {
  return fill(html, values, escapeHtml)
}

/** What looks like a placeholder and is none, with its index in the text. */
export function unknownPlaceholders(text: string): { index: number; text: string }[] {
  return [...text.matchAll(MEANT)]
    .filter((match) => !/^\{\{(name|, name|weekday)\}\}$/.test(match[0]))
    .map((match) => ({ index: match.index, text: match[0] }))
}

/** Whether nothing but punctuation is left of a line where the name is missing. */
export function isEmptyWithoutName(text: string): boolean {
  return !/[^\s\p{P}]/u.test(fillPlaceholders(text, { name: '', weekday: 'Monday' }))
}

function fill(text: string, { name, weekday }: PlaceholderValues, encode: (value: string) => string): string {
  const calm = encode(onOneLine(name))
  // A function, because `$` in a replacement string has a meaning; one pass, because a name may look like a placeholder.
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

import type { SentenceField } from '../../../core/course/fields/sentence.ts'
import { type Html, html } from '../../page/html.ts'
import { type FieldContext, fieldGroup, firstInputId, partsOf, valueToShow } from './field-frame.ts'

/** The sentence as running text, with an input for each blank. */
export function sentenceField(field: SentenceField, context: FieldContext): Html {
  const blanks = partsOf(valueToShow(context))
  let isFirst = true
  return fieldGroup(
    field,
    context,
    html`<p class="sentence">${withPunctuation(field.parts).map((part) => {
      if ('text' in part) return html`<span>${part.text}</span>`
      const words = part.blank.replaceAll('-', ' ')
      const input = html`<input${firstInputId(field.id, isFirst)} name="f.${field.id}.${part.blank}" maxlength="${field.max}" autocomplete="off" aria-label="${field.label}: ${words}" placeholder="${words}" value="${blanks[part.blank] ?? ''}">`
      isFirst = false
      return html`<span class="blank">${part.before}${input}${part.after}</span>`
    })}</p>`,
  )
}

type SentencePiece =
  | { readonly text: string }
  | { readonly before: string; readonly blank: string; readonly after: string }

/** Keeps punctuation next to a blank on the same line, so that a full stop never ends up alone on one. */
function withPunctuation(parts: SentenceField['parts']): readonly SentencePiece[] {
  const texts = parts.map((part) => ('text' in part ? part.text : ''))
  return parts.map((part, index): SentencePiece => {
    const [hasBefore, hasAfter] = [parts[index - 1], parts[index + 1]].map((other) => other && 'blank' in other)
    if ('text' in part) {
      const opens = hasAfter ? trailingPunctuation(part.text).length : 0
      const closes = hasBefore ? leadingPunctuation(part.text).length : 0
      // Punctuation between two blanks belongs to the first.
      return { text: part.text.slice(closes, Math.max(closes, part.text.length - opens)) }
    }
    const [before, after] = [texts[index - 1] ?? '', leadingPunctuation(texts[index + 1] ?? '')]
    const left = parts[index - 2] === undefined ? before : before.slice(leadingPunctuation(before).length)
    return { before: trailingPunctuation(left), blank: part.blank, after }
  })
}

function leadingPunctuation(text: string): string {
  return /^[^\s\p{L}\p{N}]*/u.exec(text)?.[0] ?? ''
}

function trailingPunctuation(text: string): string {
  const signs = [...text].reverse()
  const end = signs.findIndex((sign) => /[\s\p{L}\p{N}]/u.test(sign))
  return signs
    .slice(0, end === -1 ? signs.length : end)
    .reverse()
    .join('')
}

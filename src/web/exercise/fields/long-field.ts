import type { LongField } from '../../../core/course/fields/long.ts'
import { type Html, html } from '../../page/html.ts'
import { describedBy, type FieldContext, singleField, textOf, valueToShow } from './field-frame.ts'

/** A text area, followed by what exercise.js uses: word count, word bank, margin notes, marked words. */
export function longField(field: LongField, context: FieldContext): Html {
  const { id, guide } = field
  const { words } = context
  return singleField(
    field,
    context,
    html`<div class="paper"><div class="paper-marks" aria-hidden="true"></div>
<textarea id="f-${id}" name="f.${id}" rows="${field.rows}" maxlength="${field.max}" autocomplete="off"${
      field.highlight.length > 0 && html` data-highlight="${field.highlight.join('|')}"`
    }${describedBy(field, context)}>
${textOf(valueToShow(context))}</textarea></div>
${guide && html`<p class="hint" data-count>${words.say('exercise.fields.word-guide', { from: guide[0], to: guide[1] })}</p>`}
${
  field.wordBank.length > 0 &&
  html`<div class="bank"><p class="hint" id="bank-${id}">${words.say('exercise.fields.word-bank')}</p><ul aria-labelledby="bank-${id}" data-bank>${field.wordBank.map((word) => html`<li>${word}</li>`)}</ul></div>`
}
${
  field.prompts.length > 0 &&
  html`<div class="margin" role="status">${field.prompts.map((prompt) => html`<p data-prompt="${prompt.words.join('|')}" hidden>${prompt.say}</p>`)}</div>`
}
${field.highlight.length > 0 && html`<p class="margin" role="status" data-marked></p>`}`,
  )
}

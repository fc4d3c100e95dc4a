import type { ChoiceField } from '../../../core/course/fields/choice.ts'
import { type Html, html, on } from '../../page/html.ts'
import { type FieldContext, fieldGroup, firstInputId, textOf, valueToShow } from './field-frame.ts'

/** The feedback on a choice is shown after saving; exercise.js shows it immediately. */
export function choiceField(field: ChoiceField, context: FieldContext): Html {
  const chosen = textOf(valueToShow(context))
  return fieldGroup(
    field,
    context,
    html`<div class="options">${field.options.map(
      (option, index) =>
        html`<label class="tick"><input${firstInputId(field.id, index === 0)} type="radio" name="f.${field.id}" value="${option.id}"${on('checked', option.id === chosen)} autocomplete="off"><span>${option.label}</span></label>\n${
          option.say !== '' &&
          html`<p class="say" data-say="${option.id}"${on('hidden', option.id !== chosen)}>${option.say}</p>\n`
        }`,
    )}</div>`,
  )
}

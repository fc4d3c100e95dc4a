import type { SortingField } from '../../../core/course/fields/sorting.ts'
import type { Words } from '../../../core/words.ts'
import { type Html, html, on } from '../../page/html.ts'
import { type FieldContext, fieldGroup, firstInputId, partsOf, valueToShow } from './field-frame.ts'

/**
 * Each item with a button for each bin. Feedback on a choice is shown after saving; exercise.js shows it immediately.
 */
export function sortingField(field: SortingField, context: FieldContext): Html {
  const sorted = partsOf(valueToShow(context))
  return fieldGroup(
    field,
    context,
    html`${field.items.map((item, row) => {
      const chosen = sorted[item.id]
      return html`<fieldset class="sort" data-bin="${item.bin}"><legend>${item.text}</legend>
<div class="bins">${field.bins.map(
        (bin, column) =>
          html`<label><input${firstInputId(field.id, row + column === 0)} type="radio" name="f.${field.id}.${item.id}" value="${bin.id}"${on('checked', bin.id === chosen)} autocomplete="off"><span>${bin.label}</span></label>`,
      )}</div>
<div role="status">${feedback(context.words, item, chosen)}</div></fieldset>\n`
    })}`,
  )
}

function feedback(words: Words, item: { bin: string; say: string }, chosen: string | undefined): Html {
  const fits = chosen === item.bin
  return html`<p class="say ${fits ? 'say-fits' : 'say-look'}" data-feedback${on('hidden', chosen === undefined)}><b>${words.say(fits ? 'exercise.fields.sorting-fits' : 'exercise.fields.sorting-look')}</b> ${item.say}</p>`
}

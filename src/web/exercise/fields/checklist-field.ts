import type { ChecklistField } from '../../../core/course/fields/checklist.ts'
import { type Html, html, on } from '../../page/html.ts'
import { type FieldContext, fieldGroup, firstInputId, valueToShow } from './field-frame.ts'

export function checklistField(field: ChecklistField, context: FieldContext): Html {
  const value = valueToShow(context)
  const chosen: readonly string[] = Array.isArray(value) ? value : []
  return fieldGroup(
    field,
    context,
    html`<div class="options">${field.options.map(
      (option, index) =>
        html`<label class="tick"><input${firstInputId(field.id, index === 0)} type="checkbox" name="f.${field.id}" value="${option.id}"${on('checked', chosen.includes(option.id))} autocomplete="off"><span>${option.label}</span></label>\n`,
    )}</div>`,
  )
}

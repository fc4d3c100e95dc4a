import type { DateField } from '../../../core/course/fields/date.ts'
import { type Html, html } from '../../page/html.ts'
import { describedBy, type FieldContext, singleField, textOf, valueToShow } from './field-frame.ts'

export function dateField(field: DateField, context: FieldContext): Html {
  const value = textOf(valueToShow(context))
  return singleField(
    field,
    context,
    html`<input id="f-${field.id}" name="f.${field.id}" type="date" class="short" autocomplete="off" value="${value}"${describedBy(field, context)}>`,
  )
}

import type { TimeField } from '../../../core/course/fields/time.ts'
import { type Html, html } from '../../page/html.ts'
import { describedBy, type FieldContext, singleField, textOf, valueToShow } from './field-frame.ts'

export function timeField(field: TimeField, context: FieldContext): Html {
  const value = textOf(valueToShow(context))
  return singleField(
    field,
    context,
    html`<input id="f-${field.id}" name="f.${field.id}" type="time" class="short" autocomplete="off" value="${value}"${describedBy(field, context)}>`,
  )
}

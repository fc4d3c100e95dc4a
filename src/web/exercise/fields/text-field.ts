import type { TextField } from '../../../core/course/fields/text.ts'
import { type Html, html } from '../../page/html.ts'
import { describedBy, type FieldContext, singleField, textOf, valueToShow } from './field-frame.ts'

export function textField(field: TextField, context: FieldContext): Html {
  const value = textOf(valueToShow(context))
  return singleField(
    field,
    context,
    html`<input id="f-${field.id}" name="f.${field.id}" maxlength="${field.max}" placeholder="${field.placeholder}" autocomplete="off" value="${value}"${describedBy(field, context)}>`,
  )
}

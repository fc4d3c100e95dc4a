import type { NoteField } from '../../../core/course/fields/note.ts'
import { type Html, html, raw } from '../../page/html.ts'
import { type FieldContext, sizeOf } from './field-frame.ts'

export function noteField(field: NoteField, { toHtml }: FieldContext): Html {
  return html`<div class="field note"${sizeOf(field)}>${field.label !== '' && html`<h3>${field.label}</h3>`}${raw(toHtml(field.text))}</div>`
}

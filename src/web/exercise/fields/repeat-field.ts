import type { RepeatField } from '../../../core/course/fields/repeat.ts'
import { type Html, html } from '../../page/html.ts'
import { type FieldContext, fieldGroup, partsOf, valueToShow } from './field-frame.ts'
import { scaleTrack } from './scale-field.ts'

/** Scales of an earlier day asked again, each with the value this browser gave then. */
export function repeatField(field: RepeatField, context: FieldContext): Html {
  const now = partsOf(valueToShow(context))
  const then = context.earlier[field.day] ?? {}
  return fieldGroup(
    field,
    context,
    html`${(field.scales ?? []).map((again, index) => {
      const { id } = again
      const before = then[id]
      const value = now[id] === undefined || now[id] === '' ? null : Number(now[id])
      return html`<fieldset class="again"><legend>${again.label} ${
        typeof before === 'number' &&
        html`<span class="quiet">${context.words.say('exercise.fields.on-day', { day: field.day, value: before })}</span>`
      }</legend>${scaleTrack(again, `f.${field.id}.${id}`, value, index === 0 ? field.id : null)}</fieldset>\n`
    })}`,
  )
}

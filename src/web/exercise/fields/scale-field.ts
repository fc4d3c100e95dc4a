import type { ScaleField } from '../../../core/course/fields/scale.ts'
import { type Html, html, on } from '../../page/html.ts'
import { type FieldContext, fieldGroup, firstInputId, valueToShow } from './field-frame.ts'

export function scaleField(field: ScaleField, context: FieldContext): Html {
  const value = valueToShow(context)
  const chosen = typeof value === 'number' ? value : null
  return fieldGroup(field, context, scaleTrack(field, `f.${field.id}`, chosen, field.id))
}

/**
 * A row of points that looks and drags like a slider, but can be unanswered and needs no script. `leads` is the field
 * to whose first input a list of errors links; null for none.
 */
export function scaleTrack(
  { min, max, step = 1, low, high }: ScaleField,
  name: string,
  value: number | null,
  leads: string | null,
): Html {
  const points = Array.from({ length: (max - min) / step + 1 }, (_, index) => min + index * step)
  return html`<div class="track${points.length > 12 ? ' track-long' : ''}" data-track>${points.map(
    (point) =>
      html`<label><input${firstInputId(leads, point === min)} type="radio" name="${name}" value="${point}"${on('checked', point === value)} autocomplete="off"><span>${point}${point === min && low !== '' && html`<span class="away">, ${low}</span>`}${point === max && high !== '' && html`<span class="away">, ${high}</span>`}</span></label>`,
  )}</div>
<p class="ends" aria-hidden="true"><span>${low}</span><span>${high}</span></p>`
}

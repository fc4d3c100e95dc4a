import type { ScaleField } from './fields/scale.ts'

/** The mood sliders of exercises with `mood: true`: 0 to 10, higher is worse. Their ids are reserved. */
export const MOOD_FIELDS: readonly [before: ScaleField, after: ScaleField] = [
  moodField('mood-before', 'How heavy is it now, before you start?'),
  moodField('mood-after', 'And how heavy is it now?'),
]

function moodField(id: string, label: string): ScaleField {
  const words = { label, hint: '', low: 'light', high: 'very heavy' }
  return { id, type: 'scale', ...words, min: 0, max: 10, small: true, audiences: [] }
}

import { at, optionalText } from '../../text/read-text.ts'
import { phrase } from '../../words.ts'
import type { AnyField, FieldDefinition, ReadAnswer } from './field-definition.ts'

/** A row of whole numbers to choose one from. */
export interface ScaleField extends AnyField {
  readonly type: 'scale'
  readonly min: number
  readonly max: number
  /** Step of the scale; 1 if undefined. */
  readonly step?: number
  readonly low: string
  readonly high: string
}

export const scale: FieldDefinition<ScaleField> = {
  requiredKeys: ['min', 'max'],
  optionalKeys: ['low', 'high', 'step'],
  shape: 'number',
  kind: 'scale',
  isForLetters: false,
  parse(keys) {
    const min = at(keys, 'min').integer(-100, 100)
    const max = at(keys, 'max').integer(-100, 1_000)
    if (max <= min) at(keys, 'max').report(`The scale ends at ${max} and begins at ${min}.`, 'Give a larger "max".')
    const step = keys.get('step')?.integer(1, 1_000)
    if (step !== undefined && (max - min) % step !== 0) {
      at(keys, 'step').report(`Steps of ${step} from ${min} never reach ${max}.`, 'Give a step that divides the scale.')
    }
    const ends = { low: optionalText(keys.get('low')), high: optionalText(keys.get('high')) }
    return { min, max, ...(step === undefined ? {} : { step }), ...ends }
  },
  read: ({ value }, field) => readScale(value, field),
  lines: ({ min, max, low, high }, answer) => {
    const value = Number(answer)
    return [low === '' && high === '' ? String(answer) : phrase('exercise.notes.scale', { value, min, low, max, high })]
  },
  holds: ({ min, max }, answer) => Number(answer) >= min && Number(answer) <= max,
}

export function isScale(field: AnyField): field is ScaleField {
  return field.type === 'scale'
}

export function readScale(
  value: unknown,
  { min, max, step = 1 }: Pick<ScaleField, 'min' | 'max' | 'step'>,
): ReadAnswer {
  if (value === undefined || value === '') return null
  const number = typeof value === 'string' && /^-?\d{1,4}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) {
    if ((number - min) % step === 0) return { answer: number }
    return { error: phrase('exercise.scale-steps', { first: min, second: min + step }) }
  }
  return { error: phrase('exercise.scale-range', { min, max }) }
}

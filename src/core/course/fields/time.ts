import { phrase } from '../../words.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { linesOfText, readPattern } from './read-values.ts'

/** A time of day, as hours and minutes. */
export interface TimeField extends AnyField {
  readonly type: 'time'
}

export const time: FieldDefinition<TimeField> = {
  requiredKeys: [],
  optionalKeys: [],
  shape: 'text',
  kind: 'time',
  isForLetters: false,
  parse: () => ({}),
  read: ({ value }) => readPattern(value, isTime, phrase('exercise.time')),
  lines: (_field, answer) => linesOfText(answer),
}

/** Some browsers add seconds. */
function isTime(given: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(given)
}

import { phrase } from '../../words.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { linesOfText, readPattern } from './read-values.ts'

/** A day, as an ISO 8601 date. */
export interface DateField extends AnyField {
  readonly type: 'date'
}

export const date: FieldDefinition<DateField> = {
  requiredKeys: [],
  optionalKeys: [],
  shape: 'text',
  kind: 'date',
  isForLetters: true,
  parse: () => ({}),
  read: ({ value }) => readPattern(value, isDate, phrase('exercise.date')),
  lines: (_field, answer) => linesOfText(answer),
}

function isDate(given: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(given)
  if (match === null) return false
  const day = new Date(`${given}T00:00:00Z`)
  // Some engines parse 30 February as a day in March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(given)
}

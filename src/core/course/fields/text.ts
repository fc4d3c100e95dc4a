import { optionalText } from '../../text/read-text.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { linesOfText, readText } from './read-values.ts'

/** Maximum characters of any text. */
export const MAX_LENGTH = 20_000

/** One line of text. */
export interface TextField extends AnyField {
  readonly type: 'text'
  readonly max: number
  readonly placeholder: string
}

export const text: FieldDefinition<TextField> = {
  requiredKeys: [],
  optionalKeys: ['max', 'placeholder'],
  shape: 'text',
  kind: 'writing',
  isForLetters: true,
  parse: (keys) => ({
    max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 300,
    placeholder: optionalText(keys.get('placeholder')),
  }),
  read: ({ value }, { max }) => readText(value, max, false),
  lines: (_field, answer) => linesOfText(answer),
}

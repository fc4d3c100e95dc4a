import { at } from '../../text/read-text.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { areAmong, idsOf, labelOf, type Option, parseOptions } from './options.ts'
import { readOneOf } from './read-values.ts'

/** One of several options. The answer is its id. */
export interface ChoiceField extends AnyField {
  readonly type: 'choice'
  readonly options: readonly Option[]
}

export const choice: FieldDefinition<ChoiceField> = {
  requiredKeys: ['options'],
  optionalKeys: [],
  shape: 'text',
  kind: 'choice',
  isForLetters: false,
  parse: (keys, context) => ({ options: parseOptions(at(keys, 'options'), context, ['say']) }),
  read: ({ value }, { options }) => readOneOf(value, idsOf(options)),
  lines: ({ options }, answer) => [labelOf(options, String(answer))],
  holds: ({ options }, answer) => answer === '' || areAmong(idsOf(options), [String(answer)]),
}

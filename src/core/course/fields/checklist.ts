import { at } from '../../text/read-text.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { areAmong, idsOf, labelOf, type Option, parseOptions } from './options.ts'
import { readTicks } from './read-values.ts'

/** Any number of options. Answers are their ids. */
export interface ChecklistField extends AnyField {
  readonly type: 'checklist'
  readonly options: readonly Option[]
  readonly pick: number | null
}

export const checklist: FieldDefinition<ChecklistField> = {
  requiredKeys: ['options'],
  optionalKeys: ['pick'],
  shape: 'list',
  kind: 'checklist',
  isForLetters: true,
  parse(keys, context) {
    const options = parseOptions(at(keys, 'options'), context)
    return { options, pick: keys.get('pick')?.integer(1, Math.max(1, options.length)) ?? null }
  },
  // Forms omit unticked checkboxes.
  read: ({ value, isOnPage }, { options }) => readTicks(value ?? (isOnPage ? '' : undefined), idsOf(options)),
  lines: ({ options }, answer) => (Array.isArray(answer) ? answer.map((id) => `- ${labelOf(options, id)}`) : []),
  countParts: ({ options }) => options.length,
  holds: ({ options }, answer) => areAmong(idsOf(options), answer as readonly string[]),
}

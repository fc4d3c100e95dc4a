import { at, plain } from '../../text/read-text.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'

/** Text of the course between the fields, in Markdown. Not filled in. */
export interface NoteField extends AnyField {
  readonly type: 'note'
  readonly text: string
}

export const note: FieldDefinition<NoteField> = {
  requiredKeys: ['text'],
  optionalKeys: [],
  shape: null,
  kind: 'note',
  isForLetters: false,
  parse: (keys) => ({ text: plain(at(keys, 'text')) }),
  read: () => null,
  lines: () => [],
}

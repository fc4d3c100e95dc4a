import { at } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { Answer, AnyField, FieldDefinition } from './field-definition.ts'
import { areAmong } from './options.ts'
import { partIdsOf, partOf, readParts, readText } from './read-values.ts'
import { MAX_LENGTH } from './text.ts'

/** A sentence with blanks. Answers are texts by blank name. */
export interface SentenceField extends AnyField {
  readonly type: 'sentence'
  /** Text and blanks, alternating. */
  readonly parts: readonly ({ readonly text: string } | { readonly blank: string })[]
  readonly max: number
}

export const sentence: FieldDefinition<SentenceField> = {
  requiredKeys: ['parts'],
  optionalKeys: ['max'],
  shape: 'parts',
  kind: 'sentence',
  isForLetters: true,
  parse: (keys) => ({
    parts: parseParts(at(keys, 'parts')),
    max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 300,
  }),
  read: (given, field) => readParts(given, blanksOf(field), (value) => readText(value, field.max, false)),
  lines: (field, answer) => [filledIn(field, answer)],
  countParts: (field) => blanksOf(field).length,
  holds: (field, answer) => areAmong(blanksOf(field), partIdsOf(answer)),
}

function blanksOf({ parts }: SentenceField): readonly string[] {
  return parts.flatMap((part) => ('blank' in part ? [part.blank] : []))
}

/** Empty blanks stay visible; if all are empty, there is no sentence. */
function filledIn(field: SentenceField, answer: Answer): string {
  if (blanksOf(field).every((blank) => partOf(answer, blank) === '')) return ''
  return field.parts.map((part) => ('text' in part ? part.text : partOf(answer, part.blank) || '...')).join('')
}

/** Splits `When {{when}}, I feel {{feeling}}.` into text and blanks. */
function parseParts(reader: YamlReader): SentenceField['parts'] {
  const pieces = reader.text().split(/\{\{([^{}]*)\}\}/)
  const parts = pieces.map((piece, index) => (index % 2 === 0 ? { text: piece } : { blank: piece }))
  const blanks = pieces.filter((_, index) => index % 2 === 1)
  if (blanks.length === 0) reader.report('The sentence has no blank.', 'Write one as {{its-name}}.')
  for (const [index, blank] of blanks.entries()) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(blank)) {
      reader.report(`"{{${blank}}}" is not a blank.`, 'Use lower-case letters, digits and hyphens.')
    } else if (blanks.indexOf(blank) < index) {
      reader.report(`The blank "{{${blank}}}" is used twice.`, 'Give each its own name.')
    }
  }
  if (parts.some((part) => 'text' in part && /\{\{|\}\}/.test(part.text))) {
    reader.report('The sentence has an unclosed blank.', 'Write each blank as {{its-name}}.')
  }
  return parts.filter((part) => !('text' in part) || part.text !== '')
}

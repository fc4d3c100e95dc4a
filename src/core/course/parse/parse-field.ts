import { at, optionalText, type ReadContext, readAudiences } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { FieldBase } from '../fields/field-definition.ts'
import { definitionOf, FIELD_TYPE_NAMES, type Field, type FieldType } from '../fields/field-types.ts'

/** Parses a field of an exercise; null if its type is unknown. */
export function parseField(reader: YamlReader, context: ReadContext): Field | null {
  const type = typeOf(reader)
  if (type === null) return null
  const definition = definitionOf(type)
  const required = definition.shape === null ? ['id', 'type'] : ['id', 'type', 'label']
  const shared = ['label', 'hint', 'small', 'for', 'except', 'not-shared', 'later']
  const keys = reader.keys([...required, ...definition.requiredKeys], [...shared, ...definition.optionalKeys])
  const exceptions = keys.get('except')
  const base: FieldBase = {
    id: at(keys, 'id').id(),
    label: optionalText(keys.get('label')),
    hint: optionalText(keys.get('hint')),
    small: keys.get('small')?.flag() ?? false,
    audiences: readAudiences(keys.get('for'), context),
    ...(exceptions === undefined ? {} : { except: readAudiences(exceptions, context) }),
    ...(keys.get('not-shared')?.flag() ? { notShared: true } : {}),
    ...(keys.get('later')?.flag() ? { later: true } : {}),
  }
  if (base.later && base.small)
    at(keys, 'later').report('A field of the Small form cannot be "later".', 'Leave out "later" or "small".')
  const field = { ...base, type, ...definition.parse(keys, context) } as Field
  context.positions.set(field, at(keys, 'id'))
  return field
}

function typeOf(reader: YamlReader): FieldType | null {
  const type = reader.entries().get('type')
  if (type === undefined) {
    reader.report('The field has no "type".', `Add "type:" with one of: ${FIELD_TYPE_NAMES.join(', ')}.`)
    return null
  }
  const before = type.problems.length
  const found = type.oneOf(FIELD_TYPE_NAMES)
  return type.problems.length > before ? null : found
}

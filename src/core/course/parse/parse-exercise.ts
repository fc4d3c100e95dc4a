import { at, checkUnique, optionalText, plain, type ReadContext, readAudiences } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { Effort, Exercise, Requirement } from '../course.ts'
import { definitionOf, type Field, isAnswerable } from '../fields/field-types.ts'
import { MOOD_IDS } from '../mood-fields.ts'
import { parseField } from './parse-field.ts'

/** Parses the exercise of a day. Problems go to the reader; if there are any, do not use the result. */
export function parseExercise(reader: YamlReader, context: ReadContext): Exercise {
  const keys = reader.keys(
    ['title', 'minutes', 'fields', 'complete'],
    ['intro', 'timer', 'mood', 'print', 'letter', 'no-share', 'sheet'],
  )
  const noShare = keys.get('no-share')
  const sheet = keys.get('sheet')
  const fields = at(keys, 'fields')
    .list()
    .map((item) => parseField(item, context))
  const known = fields.filter((field) => field !== null)
  if (fields.length === 0) at(keys, 'fields').report('The exercise has no fields.', 'Give at least one.')
  checkUnique(known, 'field', context.positions)
  checkReserved(known, context)
  return {
    title: plain(at(keys, 'title')),
    intro: optionalText(keys.get('intro')),
    minutes: at(keys, 'minutes').integer(1, 240),
    timer: keys.get('timer')?.integer(1, 240) ?? null,
    mood: keys.get('mood')?.flag() ?? false,
    print: keys.get('print')?.flag() ?? false,
    letter: keys.get('letter')?.flag() ?? false,
    ...(sheet === undefined ? {} : { sheet: plain(sheet) }),
    ...(noShare === undefined ? {} : { noShare: readAudiences(noShare, context) }),
    fields: known,
    // If a field could not be parsed, do not report every reference to it as well.
    complete: readComplete(at(keys, 'complete'), known.length === fields.length ? known : null),
  }
}

function checkReserved(fields: readonly Field[], { positions }: ReadContext): void {
  for (const field of fields) {
    if (MOOD_IDS.includes(field.id)) {
      positions.get(field)?.report(`The id "${field.id}" belongs to the mood sliders.`, 'Choose another id.')
    }
  }
}

function readComplete(reader: YamlReader, fields: readonly Field[] | null): Exercise['complete'] {
  const keys = reader.keys(['full', 'small'])
  return {
    full: at(keys, 'full')
      .list()
      .map((item) => readRequirement(item, fields, 'full')),
    small: at(keys, 'small')
      .list()
      .map((item) => readRequirement(item, fields, 'small')),
  }
}

function readRequirement(reader: YamlReader, fields: readonly Field[] | null, form: Effort): Requirement {
  if (!reader.isMapping()) {
    const id = reader.id()
    checkAskable(reader, id, fields, form)
    return { kind: 'field', field: id, atLeast: 1 }
  }
  if (reader.entries().has('any')) {
    const any = at(reader.keys(['any']), 'any')
    const ids = any.list().map((item) => {
      const id = item.id()
      checkAskable(item, id, fields, form)
      return id
    })
    if (ids.length === 0) any.report('"any" has no fields.', 'List the fields of which one is enough.')
    return { kind: 'any', fields: ids }
  }
  const keys = reader.keys(['field', 'at-least'])
  const id = at(keys, 'field').id()
  const atLeast = at(keys, 'at-least').integer(1, 100)
  const field = checkAskable(at(keys, 'field'), id, fields, form)
  const most = field === null ? atLeast : (definitionOf(field.type).countParts?.(field) ?? 1)
  if (atLeast > most) {
    at(keys, 'at-least').report(`"${id}" can never reach ${atLeast}.`, `Use at most ${most}.`)
  }
  return { kind: 'field', field: id, atLeast }
}

/** The field with this id if learners can fill it in in this form; otherwise null, with a problem. */
function checkAskable(reader: YamlReader, id: string, fields: readonly Field[] | null, form: Effort): Field | null {
  if (fields === null || id === '') return null
  const field = fields.find((one) => one.id === id) ?? null
  if (field === null) {
    reader.report(`There is no field "${id}".`, `Use one of: ${fields.map((one) => one.id).join(', ')}.`)
  } else if (!isAnswerable(field)) {
    reader.report(`"${id}" is a ${field.type}, which nobody fills in.`, 'Leave it out.')
  } else if (form === 'small' && !field.small) {
    reader.report(`"${id}" is not in the Small form.`, 'Add "small: true" to the field, or leave it out here.')
  }
  return field
}

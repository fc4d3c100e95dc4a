import { at, readTextList } from '../../text/read-text.ts'
import { phrase } from '../../words.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { areAmong } from './options.ts'
import { partIdsOf, partOf, readParts } from './read-values.ts'
import { isScale, readScale, type ScaleField } from './scale.ts'

/** Scales of an earlier day asked again. Answers are digits by scale id. */
export interface RepeatField extends AnyField {
  readonly type: 'repeat'
  readonly day: number
  readonly fields: readonly string[]
  /** The named fields as that day defines them; filled in after every day is parsed. */
  readonly scales?: readonly ScaleField[]
}

/** If the earlier day is unknown. */
const ANY_SCALE = { min: -100, max: 1_000 }

export const repeat: FieldDefinition<RepeatField> = {
  requiredKeys: ['day', 'fields'],
  optionalKeys: [],
  shape: 'parts',
  kind: 'repeat',
  isForLetters: false,
  parse: (keys) => ({ day: at(keys, 'day').integer(1, 1_000), fields: readTextList(at(keys, 'fields')) }),
  read: (given, { fields, scales }) =>
    readParts(given, fields, (value, id) => readScale(value, scales?.find((one) => one.id === id) ?? ANY_SCALE)),
  lines: ({ day, scales }, answer, earlier) =>
    (scales ?? []).flatMap(({ id, label }) => {
      const now = partOf(answer, id)
      const then = earlier[day]?.[id]
      if (now === '') return []
      return [typeof then === 'number' ? phrase('exercise.notes.then', { label, now, day, then }) : `${label}: ${now}`]
    }),
  countParts: ({ fields }) => fields.length,
  holds: ({ fields }, answer) => areAmong(fields, partIdsOf(answer)),
  earlierDay: ({ day }) => day,
  withEarlierFields(field, earlier, report) {
    if (earlier === null) {
      report(`"${field.id}" repeats day ${field.day}, which is not an earlier day.`, 'Name an earlier day.')
      return { ...field, scales: [] }
    }
    const scales = field.fields.flatMap((id) => {
      const found = earlier.find((one) => one.id === id)
      if (found !== undefined && isScale(found)) return [found]
      report(`Day ${field.day} has no slider "${id}" to repeat.`, 'Use fields of type scale of that day.')
      return []
    })
    return { ...field, scales }
  },
}

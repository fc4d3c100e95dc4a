import type { Lesson } from '../../src/core/course/course.ts'
import type { Field } from '../../src/core/course/fields/field-types.ts'
import { fieldsFor } from '../../src/core/course/variant.ts'
import { COMMON_VARIANT, type Variant } from '../../src/core/model.ts'
import type { Form } from './visitor.ts'

/** A form as a browser submits it, with a value in every field of the lesson that this reader sees. */
export function fillExercise(lesson: Lesson, variant: Variant = COMMON_VARIANT): Form {
  return Object.assign({}, ...fieldsFor(lesson.exercise, variant, 'full').map(fillField))
}

/** The id of the lesson's first field that takes words. */
export function writingFieldOf({ exercise }: Lesson): string {
  const field = exercise.fields.find(({ type }) => type === 'text' || type === 'long')
  if (field === undefined) throw new Error('The lesson has no field to write in.')
  return field.id
}

function fillField(field: Field): Form {
  const name = `f.${field.id}`
  switch (field.type) {
    case 'text':
    case 'long':
      return { [name]: `A <b>word</b> & "two" of ${field.id}` }
    case 'scale':
      return { [name]: String(field.min + (field.step ?? 1)) }
    case 'checklist':
      return { [name]: field.options.slice(0, 2).map(({ id }) => id) }
    case 'choice':
      return { [name]: field.options[0]?.id ?? '' }
    case 'sorting':
      return Object.fromEntries(field.items.map((item) => [`${name}.${item.id}`, item.bin]))
    case 'sentence':
      return Object.fromEntries(
        field.parts.flatMap((part) => ('blank' in part ? [[`${name}.${part.blank}`, `my ${part.blank}`]] : [])),
      )
    case 'date':
      return { [name]: '2026-03-09' }
    case 'time':
      return { [name]: '18:30' }
    case 'repeat':
      return Object.fromEntries(field.fields.map((id) => [`${name}.${id}`, '2']))
    case 'note':
      return {}
  }
}

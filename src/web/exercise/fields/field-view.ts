import type { Field, FieldOf, FieldType } from '../../../core/course/fields/field-types.ts'
import type { Html } from '../../page/html.ts'
import { checklistField } from './checklist-field.ts'
import { choiceField } from './choice-field.ts'
import { dateField } from './date-field.ts'
import type { FieldContext } from './field-frame.ts'
import { longField } from './long-field.ts'
import { noteField } from './note-field.ts'
import { repeatField } from './repeat-field.ts'
import { scaleField } from './scale-field.ts'
import { sentenceField } from './sentence-field.ts'
import { sortingField } from './sorting-field.ts'
import { textField } from './text-field.ts'
import { timeField } from './time-field.ts'

type FieldView<F extends Field> = (field: F, context: FieldContext) => Html

/** How each type of field is rendered. Everything else about the types is in core/course/fields/field-types.ts. */
const FIELD_VIEWS: { readonly [Type in FieldType]: FieldView<FieldOf<Type>> } = {
  text: textField,
  long: longField,
  scale: scaleField,
  checklist: checklistField,
  choice: choiceField,
  sorting: sortingField,
  sentence: sentenceField,
  date: dateField,
  time: timeField,
  note: noteField,
  repeat: repeatField,
}

/** One field of an exercise. Every type works without scripts; exercise.js adds what needs one. */
export function fieldView(field: Field, context: FieldContext): Html {
  // A view only receives fields of its own type, which TypeScript cannot infer here.
  return (FIELD_VIEWS[field.type] as FieldView<Field>)(field, context)
}

import { checklist } from './checklist.ts'
import { choice } from './choice.ts'
import { date } from './date.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { long } from './long.ts'
import { note } from './note.ts'
import { repeat } from './repeat.ts'
import { scale } from './scale.ts'
import { sentence } from './sentence.ts'
import { sorting } from './sorting.ts'
import { text } from './text.ts'
import { time } from './time.ts'

/** Every type of field by its name in course files. For views see web/exercise/fields/field-view.ts. */
const FIELD_TYPES = { text, long, scale, checklist, choice, sorting, sentence, date, time, note, repeat }

export const FIELD_TYPE_NAMES = Object.keys(FIELD_TYPES) as FieldType[]

type FieldIn<Definition> = Definition extends FieldDefinition<infer F extends AnyField> ? F : never
export type Field = FieldIn<(typeof FIELD_TYPES)[keyof typeof FIELD_TYPES]>
export type FieldType = Field['type']
export type FieldOf<Type extends FieldType> = Extract<Field, { readonly type: Type }>

/** Fails to compile if an entry is under another name than its type. */
const BY_TYPE: { readonly [Type in FieldType]: FieldDefinition<FieldOf<Type>> } = FIELD_TYPES

export function definitionOf(type: FieldType): FieldDefinition<Field> {
  // A definition only receives fields of its own type, which TypeScript cannot infer.
  return BY_TYPE[type] as FieldDefinition<Field>
}

/** Whether learners can fill it in. */
export function isAnswerable({ type }: Field): boolean {
  return definitionOf(type).shape !== null
}

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

/** Every type of field, by its name in course files. How each looks on the page: web/exercise/fields/field-view.ts. */
const FIELD_TYPES = { text, long, scale, checklist, choice, sorting, sentence, date, time, note, repeat }

export const FIELD_TYPE_NAMES = Object.keys(FIELD_TYPES) as FieldType[]

type FieldIn<Definition> = Definition extends FieldDefinition<infer F extends AnyField> ? F : never
export type Field = FieldIn<(typeof FIELD_TYPES)[keyof typeof FIELD_TYPES]>
export type FieldType = Field['type']
export type FieldOf<Type extends FieldType> = Extract<Field, { readonly type: Type }>

/** Does not compile where an entry stands under another name than that of its type. */
const BY_TYPE: { readonly [Type in FieldType]: FieldDefinition<FieldOf<Type>> } = FIELD_TYPES

export function definitionOf(type: FieldType): FieldDefinition<Field> {
  // A definition is handed no fields but those of its own type; TypeScript does not connect the two.
  return BY_TYPE[type] as FieldDefinition<Field>
}

/** Whether there is anything to fill in. */
export function isAnswerable({ type }: Field): boolean {
  return definitionOf(type).shape !== null
}

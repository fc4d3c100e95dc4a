import type { ReadContext } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { Phrase } from '../../words.ts'

/** Properties of all fields. */
export interface FieldBase {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly small: boolean
  readonly audiences: readonly string[]
  /** Hidden from these audiences, even if `audiences` includes them (`except`). */
  readonly except?: readonly string[]
  /** Left out of the shared form of a letter (`not-shared`). */
  readonly notShared?: boolean
  /** Collapsed into one section until it is opened or filled in. */
  readonly later?: boolean
}

/** A field of any type. */
export interface AnyField extends FieldBase {
  readonly type: string
}

/** A learner's answer to one field: a text, a number, ids, or parts by id. */
export type Answer = string | number | readonly string[] | Readonly<Record<string, string>>
export type Answers = Readonly<Record<string, Answer>>
export type AnswerShape = 'text' | 'number' | 'list' | 'parts'

/** The keys of a field in the course file. */
export type Keys = Map<string, YamlReader>

/** What a form or JSON body has for one field. */
export interface Given {
  /** `f.<field>`; undefined if it is missing. */
  readonly value: unknown
  /** `f.<field>.<part>`; undefined if it is missing. */
  part(id: string): unknown
  /** Whether the page had the field, with or without a value (`v.<field>`). */
  readonly isOnPage: boolean
}

/** An answer, what is wrong with it, or null if the field is missing. */
export type ReadAnswer = { readonly answer: Answer } | { readonly error: Phrase } | null

/** What an author or learner wrote, or a sentence of the service around it. */
export type Line = string | Phrase

/** Everything the core knows about one type of field. For its view see web/exercise/fields. */
export interface FieldDefinition<F extends AnyField> {
  /** Keys specific to the type; common keys are parsed elsewhere. */
  readonly requiredKeys: readonly string[]
  readonly optionalKeys: readonly string[]
  /** The shape of an answer; null: not filled in, with an optional label. */
  readonly shape: AnswerShape | null
  /** When an author changes the type, answers are kept between types of the same kind. */
  readonly kind: string
  /** Included in letters to somebody else. */
  readonly isForLetters: boolean
  /** Parses the type's own keys. Problems go to the reader; if there are any, do not use the result. */
  parse(keys: Keys, context: ReadContext): Omit<F, keyof AnyField>
  read(given: Given, field: F): ReadAnswer
  /** An answer as readable text; empty if it has no content. */
  lines(field: F, answer: Answer, earlier: EarlierAnswers): readonly Line[]
  /** How many parts a course can require (`at-least`); default: 1. */
  countParts?(field: F): number
  /** Whether the field still has a place for everything in an answer of its shape; default: always. */
  holds?(field: F, answer: Answer): boolean
  /** The earlier day whose answers it shows; default: none. */
  earlierDay?(field: F): number
  /** Adds the fields of that earlier day. `earlier`: null if there is no such earlier day. */
  withEarlierFields?(field: F, earlier: readonly AnyField[] | null, report: (what: string, fix: string) => void): F
}

/** By day, for fields that show earlier answers. */
export type EarlierAnswers = Readonly<Record<number, Answers>>

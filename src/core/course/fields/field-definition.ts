import type { ReadContext } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'

/** What every field of an exercise has, whatever its type. */
export interface FieldBase {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly small: boolean
  readonly audiences: readonly string[]
  /** Hidden from these, even where `audiences` matches (`except`). */
  readonly except?: readonly string[]
  /** Left out of a letter's shared form (`not-shared`). */
  readonly notShared?: boolean
  /** May wait: put away under one line until it is opened or holds something. */
  readonly later?: boolean
}

/** A field of any type. */
export interface AnyField extends FieldBase {
  readonly type: string
}

/** What a learner gave for one field: a text, a number, ids, or parts by id. */
export type Answer = string | number | readonly string[] | Readonly<Record<string, string>>
export type Answers = Readonly<Record<string, Answer>>
export type AnswerShape = 'text' | 'number' | 'list' | 'parts'

/** The keys of a field in the course file. */
export type Keys = Map<string, YamlReader>

/** What a form or a JSON body holds for one field. */
export interface Given {
  /** `f.<field>`; undefined where it was not given. */
  readonly value: unknown
  /** `f.<field>.<part>`; undefined where it was not given. */
  part(id: string): unknown
  /** The page had the field, whether or not anything was given for it (`v.<field>`). */
  readonly isOnPage: boolean
}

/** An answer, a sentence saying what is wrong with it, or null where the field was not given. */
export type ReadAnswer = { readonly answer: Answer } | { readonly error: string } | null

/** Everything that the core knows of one type of field. How it looks on the page: web/exercise/fields. */
export interface FieldDefinition<F extends AnyField> {
  /** The keys of its own in the course file; those that every field has are read elsewhere. */
  readonly requiredKeys: readonly string[]
  readonly optionalKeys: readonly string[]
  /** What an answer to it is; null: nobody fills it in, and its label may be left out. */
  readonly shape: AnswerShape | null
  /** Fields of one kind take each other's answers when the author changes the type. */
  readonly kind: string
  /** Belongs in a letter to someone else. */
  readonly isForLetters: boolean
  /** Reads its own keys. Problems go to the reader's list; the result is then not to be used. */
  parse(keys: Keys, context: ReadContext): Omit<F, keyof AnyField>
  read(given: Given, field: F): ReadAnswer
  /** An answer in the words of its field, as a person would read it; empty where it says nothing. */
  lines(field: F, answer: Answer, earlier: EarlierAnswers): readonly string[]
  /** How many of its parts a course can ask for (`at-least`); left out: 1. */
  countParts?(field: F): number
  /** Whether everything of an answer, of the right shape, still has a place in the field; left out: always. */
  holds?(field: F, answer: Answer): boolean
  /** The earlier day whose answers it shows; left out: none. */
  earlierDay?(field: F): number
  /** Puts into it what fields of that earlier day say. `earlier`: null where there is no such day before this one. */
  withEarlierFields?(field: F, earlier: readonly AnyField[] | null, report: (what: string, fix: string) => void): F
}

/** By day, for fields that show answers of an earlier one. */
export type EarlierAnswers = Readonly<Record<number, Answers>>

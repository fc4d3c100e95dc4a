import type { Messages } from './messages.ts'

/** The name of a message in locales/<language>.json: `delivery.when.today`. */
export type MessageKey = keyof Messages

/** What a message takes besides its key: nothing, or the values of its placeholders. */
export type ValuesOf<Key extends MessageKey> = Messages[Key] extends null
  ? readonly []
  : readonly [values: Readonly<Messages[Key]>]

/** The key of a message and its values; the page or email that shows it chooses the language. */
export interface Phrase {
  readonly key: MessageKey
  readonly values: Readonly<Record<string, string | number>>
}

export function phrase<Key extends MessageKey>(key: Key, ...[values]: ValuesOf<Key>): Phrase {
  return { key, values: (values ?? {}) as Phrase['values'] }
}

/** The sentences of the service in one language. */
export interface Words {
  /** The BCP 47 tag by which dates, hours, lists and numbers are written. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  say<Key extends MessageKey>(key: Key, ...values: ValuesOf<Key>): string
  of(phrase: Phrase): string
}

/** Sentences that a course says in its own way, by name of the message, with their place in course.yaml. */
export type CourseWords = Readonly<
  Record<string, { readonly file: string; readonly line: number; readonly text: string }>
>

/** What is known of a language besides its sentences in locales/. */
export interface Language {
  /** Its own name, as its speakers write it. */
  readonly name: string
  /** How hard a text is to read; null: no measure for this language, and the reading grade is not checked. */
  readonly readingGrade: 'flesch-kincaid' | null
  /**
   * Words of formal address. Every message with one of them has a second form in locales/<language>.informal.json, for
   * courses with `address: informal`. Null: the language has one form of address.
   */
  readonly formalWords: RegExp | null
}

/** One entry for each file locales/<language>.json. */
export const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { name: 'English', readingGrade: 'flesch-kincaid', formalWords: null },
  de: { name: 'Deutsch', readingGrade: null, formalWords: /(?<!\p{L})(?:Sie|Ihnen|Ihr(?:e[mnrs]?)?)(?!\p{L})/u },
}

/** The language of the messages that all others are translated from. */
export const SOURCE_LANGUAGE = 'en'

/** How a course addresses its readers, in languages where that makes a difference. */
export const ADDRESSES = ['formal', 'informal'] as const
export type Address = (typeof ADDRESSES)[number]

/** The first subtag in lower case: `pt` of `pt-BR`. */
export function primaryLanguage(tag: string): string {
  return tag.toLowerCase().split('-', 1)[0] ?? ''
}

/** The name of any language, as its speakers write it. */
export function ownName(tag: string): string {
  return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag
}

/** Whether there is a measure of how hard a text in this language is to read. */
export function hasReadingGrade(tag: string): boolean {
  return LANGUAGES[primaryLanguage(tag)]?.readingGrade === 'flesch-kincaid'
}

/** ECMA-402, Intl Locale Info; not in TypeScript's library yet. */
type LocaleWithText = Intl.Locale & { getTextInfo(): { readonly direction?: 'ltr' | 'rtl' } }

/** The direction in which a language is written; left to right for a text that is no BCP 47 tag. */
export function directionOf(tag: string): 'ltr' | 'rtl' {
  try {
    return (new Intl.Locale(tag) as LocaleWithText).getTextInfo().direction ?? 'ltr'
  } catch {
    return 'ltr'
  }
}

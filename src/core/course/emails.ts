/** What emails/ holds once read and compiled: layouts as HTML with slots, and the words of mails that no course writes. */

export type LayoutName = 'lesson' | 'closing' | 'notice' | 'short' | 'discreet'
export type WordsName =
  | 'confirm'
  | 'already-active'
  | 'lesson'
  | 'closing'
  | 'check-in'
  | 'reading-link'
  | 'erase-link'
  | 'short'

/** One mail's words by key; which keys exist depends on the mail (content/load-emails.ts). Values may hold slots. */
export interface EmailWords {
  readonly file: string
  readonly words: Readonly<Record<string, string>>
  /** What stands in the place of `words` in a discreet mail. */
  readonly discreet: Readonly<Record<string, string>>
  /** Markdown, with the line it starts on; empty where the course writes the body. */
  readonly body: { readonly markdown: string; readonly line: number }
}

export interface Emails {
  readonly layouts: Readonly<Record<LayoutName, string>>
  readonly words: Readonly<Record<WordsName, EmailWords>>
}

import type { Problem } from './errors.ts'
import type { CourseWords, Words } from './words.ts'

/** The words of every language in locales/. */
export interface Locales {
  /** Tags of the languages, the source language first. */
  readonly languages: readonly string[]
  /** Changes with every message. */
  readonly version: string
  /**
   * The words for pages and emails of a course, with its own sentences in place of those of the service; the words of the
   * source language if there are none in its own. A region, as in `de-AT`, changes dates and numbers.
   */
  wordsFor(course: {
    readonly language: string
    readonly address?: 'formal' | 'informal'
    readonly words?: CourseWords
  }): Words
  /** What is wrong with the sentences that this course replaces. */
  checkWords(course: { readonly words?: CourseWords }): readonly Problem[]
}

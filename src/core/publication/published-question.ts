import type { Course, LibraryAccess } from '../course/course.ts'
import type { LibraryQuestion } from '../course/library.ts'

/** A question in a library, in the language it is written in. */
export interface PublishedQuestion extends LibraryQuestion {
  readonly language: string
  /** Whether a learner asked it and agreed to publish it; otherwise it comes with the course. */
  readonly isFromLearner: boolean
}

/** What a list shows of it. */
export type ListedQuestion = Pick<PublishedQuestion, 'id' | 'question' | 'audiences' | 'language' | 'isFromLearner'>

/** A question that comes with the course. */
export function shippedQuestion(question: LibraryQuestion, { language }: Pick<Course, 'language'>): PublishedQuestion {
  return { ...question, language, isFromLearner: false }
}

/**
 * Which consents cover a library: consent to a public one covers one for members, but not the other way round.
 */
export function consentsFor(library: LibraryAccess): readonly LibraryAccess[] {
  return library === 'open' ? ['open'] : ['open', 'members']
}

import type { Course } from '../../core/course/course.ts'
import type { Publication, PublicationState } from '../../core/publication/publication.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import type { ListedQuestion, PublishedQuestion } from '../../core/publication/published-question.ts'

/** What authors want to publish, and what learners said to it. Texts are sealed before they get here. */
export interface Publications {
  find(questionId: number): Promise<Publication | null>
  /** The one that this email asks about; null if it is about none. */
  ofDelivery(deliveryId: number): Promise<Publication | null>
  /**
   * Proposes an author's text in place of version `before`, 0 if there is none, which is in the state `from`. One that is
   * proposed already keeps its time and its email; otherwise `deliveryId` asks for it. The learner's own words for the former
   * text are deleted. False, changing nothing, if there is another version or state by now.
   */
  propose(row: {
    readonly questionId: number
    readonly before: number
    readonly from: 'proposed' | 'removed' | null
    readonly sealed: Uint8Array
    readonly deliveryId: number | null
    readonly now: number
  }): Promise<boolean>
  /** Stores the learner's own words as the next version. False, changing nothing, if this version is not open any more. */
  change(row: {
    readonly questionId: number
    readonly version: number
    readonly changed: Uint8Array
    readonly proposedAfter: number
  }): Promise<boolean>
  /** The learner's answer to this version. False, changing nothing, if it is not open any more. */
  decide(row: {
    readonly questionId: number
    readonly version: number
    readonly state: 'accepted' | 'declined'
    readonly proposedAfter: number
    readonly now: number
  }): Promise<boolean>
  /** False, changing nothing, if it is in none of the states `from`. */
  end(
    questionId: number,
    from: readonly PublicationState[],
    state: 'withdrawn' | 'removed',
    now: number,
  ): Promise<boolean>
  /** Everything that is proposed to the learner of this enrolment about its questions counts as declined. */
  declineOfEnrolment(enrolmentId: number, now: number): Promise<void>
  /** What was proposed until then counts as declined. Returns how many. */
  declineProposedBefore(instant: number, now: number): Promise<number>
}

/** A learner's question that is to stand in the library. */
export interface NewPublishedQuestion {
  /** Random, and so never used before. */
  readonly id: string
  readonly code: string
  readonly questionId: number
  /** Whether it stays when the question is deleted, without its link to it; otherwise it is deleted too. */
  readonly staysWhenErased: boolean
  readonly course: string
  readonly text: PublicationText
  /** Who could read the library when the learner agreed. */
  readonly library: Course['library']
  readonly textHash: string
  /** When the learner agreed, ms UTC. */
  readonly now: number
}

/** One line of what is published. */
export interface PublishedEntry {
  readonly id: string
  readonly course: string
  readonly question: string
  /** Null: everything else of its learner was deleted. */
  readonly questionId: number | null
  /** ms UTC. */
  readonly publishedAt: number
}

/** Where a learner's question stands. */
export interface PublishedPlace {
  readonly id: string
  readonly text: PublicationText
  readonly staysWhenErased: boolean
  readonly library: Course['library']
  readonly publishedAt: number
}

/**
 * The questions of learners in the libraries of courses, in the words that each learner agreed to. A row is never changed,
 * and an id never comes again. Readers find only those whose learner agreed to the readers that the library has now.
 */
export interface PublishedQuestions {
  /** Oldest first. */
  list(course: Pick<Course, 'name' | 'library'>): Promise<readonly ListedQuestion[]>
  /** Those of `ids` that are there, in any order. */
  find(course: Pick<Course, 'name' | 'library'>, ids: readonly string[]): Promise<readonly PublishedQuestion[]>
  /** The course and id behind the last part of a discreet address; null if there is none. */
  byCode(code: string): Promise<{ readonly course: string; readonly id: string } | null>
  add(row: NewPublishedQuestion): Promise<void>
  ofQuestion(questionId: number): Promise<PublishedPlace | null>
  removeOfQuestion(questionId: number): Promise<boolean>
  /** All of these courses, whoever may read them, newest first. */
  ofCourses(courses: readonly string[]): Promise<readonly PublishedEntry[]>
  /** Deletes one that has lost its question. */
  removeKept(id: string): Promise<boolean>
}

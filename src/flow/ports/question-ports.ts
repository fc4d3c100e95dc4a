import type { Question, QuestionMessage, QuestionState, QuestionVia } from '../../core/question/question.ts'

export interface NewQuestion {
  readonly learnerId: number
  readonly enrolmentId: number
  readonly course: string
  readonly language: string
  readonly day: number | null
  readonly via: QuestionVia
  readonly state: 'unconfirmed' | 'waiting'
  readonly urgent: boolean
  readonly allowsName: boolean
  /** ms UTC. */
  readonly askedAt: number
}

export type QuestionChanges = Partial<
  Pick<
    Question,
    'state' | 'urgent' | 'waitingSince' | 'answeredAt' | 'closedAt' | 'touchedAt' | 'assignedTo' | 'followUpDeliveryId'
  >
>

export interface InboxFilter {
  readonly courses: readonly string[]
  readonly state: QuestionState
  /** An operator; null: assigned to nobody. Left out: whoever it is assigned to. */
  readonly assignedTo?: number | null
}

/** After the question with these values. `at`: `waitingSince` while waiting, otherwise `touchedAt`. */
export interface InboxCursor {
  readonly urgent: boolean
  readonly at: number
  readonly id: number
}

/** The questions of one course that wait for an answer. */
export interface WaitingQuestions {
  readonly course: string
  readonly waiting: number
  readonly urgent: number
  /** When the longest waiting one began to wait, ms UTC. */
  readonly oldest: number
}

/** Questions of learners and what was written about them. Writing is sealed before it gets here. */
export interface Questions {
  add(row: NewQuestion): Promise<Question>
  byId(id: number): Promise<Question | null>
  /** In the order in which they were asked. */
  ofEnrolment(enrolmentId: number): Promise<readonly Question[]>
  ofLearner(learnerId: number): Promise<readonly Question[]>
  /** The question that one of these emails is about: an answer, or the one that asks how it is. */
  ofDelivery(deliveryId: number): Promise<Question | null>
  /** Returns the id. `learnerId` is the learner of the question, whoever wrote the message. */
  addMessage(row: Omit<QuestionMessage, 'id'> & { readonly learnerId: number }): Promise<number>
  /** In the order in which they were written. */
  messages(questionId: number): Promise<readonly QuestionMessage[]>
  /** False, changing nothing, if the question is in none of the states `from`. */
  set(id: number, from: readonly QuestionState[], changes: QuestionChanges): Promise<boolean>
  /** What waits: urgent first, then oldest first. In every other state: last touched first. */
  inbox(filter: InboxFilter, after: InboxCursor | null, limit: number): Promise<readonly Question[]>
  /** Only courses with a question that waits since before the instant, or at all if it is left out. */
  countWaiting(courses: readonly string[], before?: number): Promise<readonly WaitingQuestions[]>
  /**
   * How many messages the learner has written since the instant, in any course; or how many came in the learner's name and
   * wait for their yes.
   */
  countAsked(learnerId: number, since: number, of: 'confirmed' | 'unconfirmed'): Promise<number>
  /** The courses that anybody has a question in, whether they still exist or not. */
  courses(): Promise<readonly string[]>
  /**
   * Deletes at most `limit` questions of the course whose last message is older than the instant, and all messages of those
   * whose text is in the library. Returns how many questions were deleted.
   */
  forgetTouchedBefore(course: string, before: number, limit: number): Promise<number>
  /** This learner asks no more in this course. A repeated call changes nothing. */
  block(row: {
    readonly learnerId: number
    readonly course: string
    readonly operatorId: number | null
    readonly at: number
  }): Promise<void>
  unblock(learnerId: number, course: string): Promise<void>
  isBlocked(learnerId: number, course: string): Promise<boolean>
  /** Deletes the question with every message. */
  remove(id: number): Promise<void>
}

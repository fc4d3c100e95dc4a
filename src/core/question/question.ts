/** A learner's question to the author of a course: the thread, whose messages are the question, follow-ups and answers. */

/**
 * `unconfirmed`: a reply by email that waits for the learner's yes. `waiting`: for an answer. `spam` is shown to the learner
 * as `closed`.
 */
export type QuestionState = 'unconfirmed' | 'waiting' | 'answered' | 'closed' | 'spam'
export type QuestionVia = 'form' | 'email'

/** Instants are ms UTC. */
export interface Question {
  readonly id: number
  readonly learnerId: number
  readonly enrolmentId: number
  readonly course: string
  /** The language in which the learner read the course when asking. */
  readonly language: string
  /** The position in the course where it was asked; null: about the course as a whole, or from the library. */
  readonly day: number | null
  readonly via: QuestionVia
  readonly state: QuestionState
  readonly urgent: boolean
  /** Whether the author may see the learner's first name. */
  readonly allowsName: boolean
  readonly askedAt: number
  /** The learner's oldest message without an answer; null if there is none. */
  readonly waitingSince: number | null
  /** The latest answer. */
  readonly answeredAt: number | null
  readonly closedAt: number | null
  /** The latest message of either side, from which the time until the question is deleted is counted. */
  readonly touchedAt: number
  /** An operator. */
  readonly assignedTo: number | null
  /** When the email that asks how it is was sent; null if it was not. */
  readonly followUpAskedAt: number | null
  /** The email that asks how it is, once it is planned. */
  readonly followUpDeliveryId: number | null
}

export interface QuestionMessage {
  readonly id: number
  readonly questionId: number
  readonly by: 'learner' | 'author'
  readonly operatorId: number | null
  /** Under the learner's key, bound to its place by `messageContext`. */
  readonly sealed: Uint8Array
  readonly via: QuestionVia
  readonly at: number
  /** Of an answer: the email that tells of it; null if none was planned. */
  readonly deliveryId: number | null
}

/** Characters of one message, of either side. */
export const QUESTION_MAX = 5_000

/** Binds a message to its question, author and time: anywhere else it cannot be decrypted. */
export function messageContext({ questionId, by, at }: Pick<QuestionMessage, 'questionId' | 'by' | 'at'>): string {
  return JSON.stringify(['question', questionId, by, at])
}

/** What can be done to a question. `write`: a further message of the learner. */
export type QuestionAct = 'confirm' | 'write' | 'answer' | 'close' | 'reopen' | 'spam' | 'not-spam'

/** The state from before it was closed: `waiting` if a message has no answer, otherwise `answered`. */
export const AS_BEFORE = 'as-before'

/** What each act makes of a question in each state; null: it is refused and nothing changes. */
export const QUESTION_ACTS = {
  confirm: { unconfirmed: 'waiting', waiting: null, answered: null, closed: null, spam: null },
  write: { unconfirmed: null, waiting: 'waiting', answered: 'waiting', closed: null, spam: null },
  answer: { unconfirmed: null, waiting: 'answered', answered: 'answered', closed: null, spam: null },
  close: { unconfirmed: null, waiting: 'closed', answered: 'closed', closed: null, spam: null },
  reopen: { unconfirmed: null, waiting: null, answered: null, closed: AS_BEFORE, spam: null },
  spam: { unconfirmed: null, waiting: 'spam', answered: 'spam', closed: 'spam', spam: null },
  'not-spam': { unconfirmed: null, waiting: null, answered: null, closed: null, spam: AS_BEFORE },
} as const satisfies Readonly<
  Record<QuestionAct, Readonly<Record<QuestionState, QuestionState | typeof AS_BEFORE | null>>>
>

/** The state after this act; null if it is refused. */
export function nextQuestionState(
  act: QuestionAct,
  { state, waitingSince }: Pick<Question, 'state' | 'waitingSince'>,
): QuestionState | null {
  const next = QUESTION_ACTS[act][state]
  if (next !== AS_BEFORE) return next
  return waitingSince === null ? 'answered' : 'waiting'
}

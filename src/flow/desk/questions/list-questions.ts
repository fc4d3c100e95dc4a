import { isOverdue } from '../../../core/desk/answering.ts'
import type { Question, QuestionState } from '../../../core/question/question.ts'
import type { Ports } from '../../ports/ports.ts'
import type { InboxCursor } from '../../ports/question-ports.ts'

const PAGE = 50

export interface QuestionFilter {
  readonly state: Exclude<QuestionState, 'unconfirmed'>
  readonly course?: string
  /** Only what this operator is assigned. */
  readonly mine?: true
}

/** One line of the inbox. It has nothing that was written. */
export interface ListedQuestion
  extends Pick<Question, 'id' | 'course' | 'day' | 'state' | 'urgent' | 'waitingSince' | 'touchedAt' | 'assignedTo'> {
  /** Whether it waits for longer than its course says is usual. */
  readonly isOverdue: boolean
}

export interface QuestionList {
  readonly questions: readonly ListedQuestion[]
  readonly next: InboxCursor | null
  /** Questions at whose draft a colleague asks this operator to look. */
  readonly looks: readonly number[]
}

/**
 * The questions of the courses that this operator answers for: what waits with urgent ones first and then by age, everything else
 * by when something was last written.
 */
export async function listQuestions(
  { clock, courses, store }: Pick<Ports, 'clock' | 'courses' | 'store'>,
  operatorId: number,
  { state, course, mine }: QuestionFilter,
  after: InboxCursor | null,
): Promise<QuestionList> {
  const own = (await store.answersFor.coursesOf(operatorId)).filter((one) => course === undefined || one === course)
  const filter = { courses: own, state, ...(mine && { assignedTo: operatorId }) }
  const found = await store.questions.inbox(filter, after, PAGE + 1)
  const shown = found.slice(0, PAGE)
  const last = shown.at(-1)
  const now = clock.now()
  return {
    questions: shown.map((question) => ({
      ...question,
      isOverdue: isOverdue(question, courses.get(question.course)?.questions, now),
    })),
    next: found.length > PAGE && last !== undefined ? cursorAfter(last) : null,
    looks: (await store.questionNotes.askedOf(operatorId)).map(({ questionId }) => questionId),
  }
}

function cursorAfter({ id, state, urgent, waitingSince, touchedAt }: Question): InboxCursor {
  return { urgent, id, at: state === 'waiting' ? (waitingSince ?? touchedAt) : touchedAt }
}

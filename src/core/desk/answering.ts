import type { CourseQuestions } from '../question/course-questions.ts'
import type { Question } from '../question/question.ts'

/** Binds a draft to its question and author: anywhere else it cannot be decrypted. */
export function draftContext(questionId: number, operatorId: number): string {
  return JSON.stringify(['answer draft', questionId, operatorId])
}

/** Binds what a colleague says about a draft to the request. */
export function questionNoteContext(questionId: number, noteId: number): string {
  return JSON.stringify(['question note', questionId, noteId])
}

/** Characters of what a colleague says about a draft. */
export const QUESTION_NOTE_MAX = 2_000

const DAY_MS = 86_400_000

/** The instant, ms UTC: what waits since before it waits for longer than is usual in the course. */
export function overdueBefore({ usualDays }: Pick<CourseQuestions, 'usualDays'>, now: number): number {
  return now - usualDays * DAY_MS
}

/** Whether a question waits for longer than is usual. `questions`: null for a course that takes none any more. */
export function isOverdue(
  { waitingSince }: Pick<Question, 'waitingSince'>,
  questions: CourseQuestions | null | undefined,
  now: number,
): boolean {
  return questions != null && waitingSince !== null && waitingSince < overdueBefore(questions, now)
}

import type { Enrolment } from '../../core/model.ts'
import type { QuestionMessage } from '../../core/question/question.ts'

/**
 * Whether the learner wants no more email since they last wrote: nothing about the question is sent then. A course that is
 * finished keeps its state when it is stopped, and only its check-ins tell.
 */
export function hasStoppedSince(
  { state, checkInsStoppedAt }: Pick<Enrolment, 'state' | 'checkInsStoppedAt'>,
  messages: readonly Pick<QuestionMessage, 'by' | 'at'>[],
): boolean {
  if (state === 'stopped') return true
  const wroteAt = messages.findLast(({ by }) => by === 'learner')?.at ?? 0
  return state === 'finished' && checkInsStoppedAt !== null && checkInsStoppedAt >= wroteAt
}

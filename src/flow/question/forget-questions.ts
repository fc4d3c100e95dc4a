import { DEFAULT_DELETE_AFTER_DAYS } from '../../core/question/course-questions.ts'
import type { Ports } from '../ports/ports.ts'

const DAY_MS = 86_400_000
const SLICE = 200

/**
 * Deletes questions as long after their last message as their course says, in slices, so that other writers need not wait.
 * For a course that takes none any more, or is gone, the usual time holds.
 */
export async function forgetQuestions(
  { clock, store, courses }: Pick<Ports, 'clock' | 'store' | 'courses'>,
  signal: AbortSignal,
): Promise<void> {
  for (const course of await store.questions.courses()) {
    const days = courses.get(course)?.questions?.deleteAfterDays ?? DEFAULT_DELETE_AFTER_DAYS
    const before = clock.now() - days * DAY_MS
    const forget = () => store.transaction((unit) => unit.questions.forgetTouchedBefore(course, before, SLICE))
    while (!signal.aborted && (await forget()) >= SLICE);
  }
}

import { overdueBefore } from '../../../core/desk/answering.ts'
import type { Ports } from '../../ports/ports.ts'

/** What waits in one course for longer than it says is usual. */
export interface OverdueQuestions {
  readonly course: string
  readonly count: number
}

/** Every course that takes questions, also those where nothing waits too long. */
export async function overdueQuestions({
  clock,
  courses,
  store,
}: Pick<Ports, 'clock' | 'courses' | 'store'>): Promise<readonly OverdueQuestions[]> {
  const found: OverdueQuestions[] = []
  for (const { name, questions } of courses.all()) {
    if (questions === null) continue
    const [row] = await store.questions.countWaiting([name], overdueBefore(questions, clock.now()))
    found.push({ course: name, count: row?.waiting ?? 0 })
  }
  return found
}

import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'
import { requireOwnQuestion } from './own-publication.ts'

/**
 * Takes a text out of the library, for the learner who agreed to it: from the commit on, no page and no search of any process
 * has it. A repeated call changes nothing. Fails as requireOwnQuestion does.
 */
export async function withdrawPublication(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  visit: LessonVisit,
  questionId: number,
): Promise<void> {
  const isRemoved = await ports.store.transaction(async (unit) => {
    await requireOwnQuestion(unit, visit, questionId)
    await unit.publications.end(questionId, ['accepted'], 'withdrawn', ports.clock.now())
    return unit.publishedQuestions.removeOfQuestion(questionId)
  })
  if (isRemoved) await scrubRecoveryLog(ports)
}

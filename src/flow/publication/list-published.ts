import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { type RecordPorts, recordAct } from '../desk/record-act.ts'
import type { Ports } from '../ports/ports.ts'
import type { PublishedEntry } from '../ports/publication-ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'

/** What is published in the courses that this operator answers for, newest first. */
export async function listPublished(
  { store }: Pick<Ports, 'store'>,
  operatorId: number,
): Promise<readonly PublishedEntry[]> {
  return store.publishedQuestions.ofCourses(await store.answersFor.coursesOf(operatorId))
}

/**
 * Takes a text out of the library whose question no longer exists: its learner deleted everything and let it stay, so that
 * nobody else can. Fails with `not-found`, also for courses that this operator does not answer for.
 */
export async function removeKept(
  ports: RecordPorts & Pick<Ports, 'store' | 'log'>,
  { operatorId, id }: { readonly operatorId: number; readonly id: string },
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const entries = await unit.publishedQuestions.ofCourses(await unit.answersFor.coursesOf(operatorId))
    const course = entries.find((entry) => entry.id === id)?.course
    if (course === undefined || !(await unit.publishedQuestions.removeKept(id)))
      throw new AppError('not-found', phrase('desk.errors.no-question'))
    await recordAct(ports, unit, { operatorId, act: 'remove-publication', details: { course } })
  })
  await scrubRecoveryLog(ports)
}

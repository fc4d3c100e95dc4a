import { questionFor } from '../desk/questions/question-access.ts'
import { type RecordPorts, recordAct } from '../desk/record-act.ts'
import type { Ports } from '../ports/ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'

/**
 * Takes a proposal back before its answer, or a text out of the library; another one can be proposed afterwards. Fails with
 * `not-found` for whoever does not answer for the course. A repeated call changes nothing.
 */
export async function removePublication(
  ports: RecordPorts & Pick<Ports, 'store' | 'log'>,
  { questionId, operatorId }: { readonly questionId: number; readonly operatorId: number },
): Promise<void> {
  const now = ports.clock.now()
  const isRemoved = await ports.store.transaction(async (unit) => {
    const { learnerId, course } = await questionFor(unit, operatorId, questionId)
    if (!(await unit.publications.end(questionId, ['proposed', 'accepted'], 'removed', now))) return false
    const deliveryId = (await unit.publications.find(questionId))?.deliveryId ?? null
    if (deliveryId !== null) await unit.deliveries.cancelWaiting(deliveryId, 'the text was taken back', now)
    const act = 'remove-publication'
    await recordAct(ports, unit, { operatorId, act, learnerId, details: { question: questionId, course } })
    return unit.publishedQuestions.removeOfQuestion(questionId)
  })
  if (isRemoved) await scrubRecoveryLog(ports)
}

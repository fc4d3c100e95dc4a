import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { requireOwnSession } from '../security/sessions.ts'
import { findOwnQuestion } from './find-own-question.ts'

/**
 * The learner deletes a question with every message and answer, in whatever state it is, and with what stands of it in the
 * library. No email about it follows.
 * Fails with `not-fresh` or `not-yet` without an own session, and with `gone`.
 */
export async function deleteQuestion(
  ports: Pick<Ports, 'clock' | 'store'>,
  { enrolment, viewer }: LessonVisit,
  id: number,
): Promise<void> {
  requireOwnSession(viewer.session)
  await ports.store.transaction(async (unit) => {
    const question = await findOwnQuestion(unit, enrolment, id)
    const messages = await unit.questions.messages(id)
    const asking = (await unit.publications.find(id))?.deliveryId ?? null
    const emails = [question.followUpDeliveryId, asking, ...messages.map(({ deliveryId }) => deliveryId)]
    for (const deliveryId of emails)
      if (deliveryId !== null)
        await unit.deliveries.cancelWaiting(deliveryId, 'the question was deleted', ports.clock.now())
    // Also where it was to stay after an erasure: nobody could take it back any more.
    await unit.publishedQuestions.removeOfQuestion(id)
    await unit.questions.remove(id)
  })
}

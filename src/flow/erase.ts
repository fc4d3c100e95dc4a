import { emptyLog } from './empty-log.ts'
import { findByStopLink } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import { noteStop } from './requested-mail.ts'
import { viewStoppable } from './stop.ts'
import type { StopView } from './views.ts'

/** What the page asks before everything is deleted. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewErasure(ports: Ports, token: string): Promise<StopView> {
  return viewStoppable(ports, await findByStopLink(ports, token))
}

/**
 * Deletes the learner behind a stop link: address, sign-ups, every enrolment, answers, and every delivery with its record.
 * One commit; nothing is sent after it, for a worker under way fails at its next mark. What stays are keyed hashes: of an
 * address that bounced or complained, so that it is never written to again, and for a while of the mailbox. Fails with `bad-link` or `gone`.
 */
export async function erase(ports: Ports, token: string): Promise<Pick<StopView, 'course' | 'discreet'>> {
  const found = await findByStopLink(ports, token)
  const view = await viewStoppable(ports, found)
  const learnerId = found.kind === 'sign-up' ? found.signUp.learnerId : found.enrolment.learnerId
  await ports.store.transaction(async (unit) => {
    // Nobody can make the service write to them at once: what stays is a keyed hash with a time.
    await noteStop(ports, unit, learnerId, ports.clock.now())
    await unit.learners.erase(learnerId)
  })
  await emptyLog(ports)
  return { course: view.course, discreet: view.discreet }
}

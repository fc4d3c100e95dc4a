import { readLessonLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { findSession, requireFreshSession } from '../security/sessions.ts'
import { type ErasureView, eraseLearner } from './erase.ts'
import { findVisit } from './viewer.ts'

/** `written-since`: something was saved that the file may lack, so nothing was deleted. */
export type TakenErasure =
  | ({ readonly state: 'erased' | 'written-since' } & ErasureView)
  /** Another tab or an earlier click has done it. */
  | { readonly state: 'erased-before' }

/**
 * Deletes everything of a learner who has taken it along. `seen`: when anything was last saved, ms UTC, as of the page
 * that offered the file; whatever was saved later must not be deleted unseen. Fails with `bad-link`, with `gone` if only
 * the course is gone, or with `not-fresh`.
 */
export async function eraseTaken(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer' | 'log'>,
  token: string,
  session: string | null,
  seen: number,
): Promise<TakenErasure> {
  const link = readLessonLink(ports, token)
  if ((await ports.store.enrolments.byId(link.enrolmentId)) === null) return { state: 'erased-before' }
  const { course, enrolment, viewer } = await findVisit(ports, link, session)
  requireFreshSession(ports, viewer.session)
  const { learnerId, discreet } = enrolment
  const refusal = await eraseLearner(ports, learnerId, async (unit) => {
    // Both may have changed while this waited for the transaction.
    if ((await unit.enrolments.byId(enrolment.id)) === null) return 'erased-before'
    requireFreshSession(ports, await findSession(ports, unit, learnerId, session))
    return (await unit.answers.lastSavedAt(learnerId)) > seen ? 'written-since' : null
  })
  return refusal === 'erased-before' ? { state: refusal } : { course, discreet, state: refusal ?? 'erased' }
}

import { findByStopLink, learnerOf } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'
import { recordStop } from '../sending/requested-email.ts'
import { declineSignUp } from './decline-sign-up.ts'

/**
 * Deletes an address that never confirmed anything, at once. Returns true if it is gone, including when it was gone
 * before. Returns false if the address ever joined a course, because deleting that requires more than this link. Fails
 * with `bad-link`.
 */
export async function forgetAddress(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'log'>,
  token: string,
): Promise<boolean> {
  const found = await findByStopLink(ports, token)
  if (found.kind !== 'sign-up' && found.kind !== 'new-address') return false
  const learnerId = learnerOf(found)
  const now = ports.clock.now()
  const isGone = await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up') await declineSignUp(ports, unit, found.signUp, now)
    else await recordStop(ports, unit, learnerId, now)
    if ((await unit.enrolments.ofLearner(learnerId)).length > 0) return false
    await unit.learners.erase(learnerId)
    return true
  })
  if (isGone) await scrubRecoveryLog(ports)
  return isGone
}

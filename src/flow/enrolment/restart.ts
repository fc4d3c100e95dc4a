import { nextOf } from '../../core/enrolment/enrolment-acts.ts'
import { findByStopLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { recordReturn } from '../sending/requested-email.ts'
import type { StopView } from '../views.ts'
import { resumeCheckIns, resumeEnrolment } from './resume-enrolment.ts'
import { viewStop } from './stop.ts'

/**
 * Resumes a stopped course where it stopped, with the next lesson at the learner's next sending hour. A repeated call
 * changes nothing. A declined sign-up was never a course, so there is nothing to resume.
 */
export async function restart(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys'>,
  token: string,
): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up' || found.kind === 'new-address') return
    // The new address confirms first.
    if ((await unit.addressChanges.undone(found.enrolment.learnerId)).length > 0) return
    // Also if this course was not stopped: the stop may have come from another course, or from declining a sign-up that
    // someone else typed in.
    await recordReturn(ports, unit, found.enrolment.learnerId)
    if (found.kind === 'enrolment' && nextOf('resume', found.enrolment.state) !== null)
      await resumeEnrolment(ports, unit, found.enrolment, now)
    else await resumeCheckIns(ports, unit, found.enrolment, found.course, now)
  })
  return viewStop(ports, token)
}

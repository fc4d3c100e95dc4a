import { findByStopLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { recordReturn } from '../sending/requested-email.ts'
import type { StopView } from '../views.ts'
import { resumeCheckIns, resumeEnrolment } from './resume-enrolment.ts'
import { viewStop } from './stop.ts'

/**
 * Starts a stopped course again where it stopped, the next lesson at the learner's next hour. Repeated, it changes nothing.
 * A declined sign-up never was a course: there is nothing to start again.
 */
export async function restart(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys'>,
  token: string,
): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up') return
    // Also where this course never stopped: another one did, or a sign-up was declined that somebody else had typed.
    await recordReturn(ports, unit, found.enrolment.learnerId)
    if (found.kind === 'enrolment' && found.enrolment.state === 'stopped')
      await resumeEnrolment(ports, unit, found.enrolment, now)
    else await resumeCheckIns(ports, unit, found.enrolment, found.course, now)
  })
  return viewStop(ports, token)
}

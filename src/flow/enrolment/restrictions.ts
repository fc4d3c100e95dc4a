import type { AssessmentResult } from '../../core/assessment/assessment.ts'
import {
  accessOf,
  disabledFeatures,
  isRestricted,
  type StartingPoint,
  startingPointOf,
  withRestrictions,
} from '../../core/assessment/starting-point.ts'
import type { Enrolment } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recordStop } from '../sending/requested-email.ts'
import { switchOnShortEmails } from './short-emails.ts'
import { keepStartingPoint, startingPointOfEnrolment } from './starting-point.ts'
import { stopEnrolment } from './stop-enrolment.ts'

/**
 * Adds the restrictions these answers call for to the existing ones. It never lifts any, so anyone holding a link may
 * call it. Within the caller's transaction.
 */
export async function addRestrictions(
  ports: Pick<Ports, 'clock' | 'keys' | 'sealer'>,
  unit: Repositories,
  enrolment: Enrolment,
  result: AssessmentResult,
): Promise<void> {
  const before = await startingPointOfEnrolment(ports, unit, enrolment)
  const fresh = startingPointOf(result, false)
  await keepStartingPoint(ports, unit, enrolment, withRestrictions(before, fresh.holds))
  await applyRestrictions(ports, unit, enrolment, fresh)
}

/**
 * Applies the effects of new restrictions: short emails are switched on, pending letter shares are dropped, and a
 * course that should pause is stopped as if by its learner. Earlier restrictions are ignored, so that a link holder's
 * answers have the same effect whatever the learner answered before.
 */
export async function applyRestrictions(
  ports: Pick<Ports, 'clock' | 'keys'>,
  unit: Repositories,
  enrolment: Enrolment,
  fresh: StartingPoint,
): Promise<void> {
  const now = ports.clock.now()
  if (!isRestricted(fresh, now)) return
  await switchOnShortEmails(unit, enrolment.id)
  const off = disabledFeatures(fresh, now)
  if (off.includes('sharing') || off.includes('letters')) await unit.sharing.forget(enrolment.id, null)
  if (accessOf(fresh, now) !== 'paused') return
  await recordStop(ports, unit, enrolment.learnerId, now)
  await stopEnrolment(unit, enrolment, 'answers', now)
}

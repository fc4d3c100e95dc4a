import type { Enrolment } from '../../core/model.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { changeState } from './change-state.ts'

/** Why a learner gets no more lessons and check-ins. */
export type StopReason =
  | 'learner'
  | 'answers'
  | 'provider'
  | 'complaint'
  | 'full-mailbox'
  | 'dead-address'
  | 'suppressed'
  | 'suppressed-by-relay'

/** What is kept with the deliveries that were cancelled. A stop that follows from answers is kept as the learner's own. */
const KEPT: Readonly<Record<StopReason, string>> = {
  learner: 'stopped by the learner',
  answers: 'stopped by the learner',
  provider: 'unsubscribed at the relay',
  complaint: 'a complaint',
  'full-mailbox': 'the mailbox stayed full',
  'dead-address': 'the address is dead',
  suppressed: 'the address is suppressed',
  'suppressed-by-relay': 'suppressed at the relay',
}

/**
 * The one way to stop an enrolment, within the caller's transaction: once it commits, no lesson and no check-in begins to
 * be sent. An active enrolment becomes stopped and can be resumed; a finished one keeps its state and loses its check-ins;
 * a stopped one stays as it is. Repeated, it changes nothing more.
 */
export async function stopEnrolment(
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id'>,
  reason: StopReason,
  now: number,
): Promise<void> {
  await changeState(unit, enrolment, 'stop', now)
  await unit.deliveries.cancelEnrolment(enrolment.id, now, KEPT[reason])
}

/**
 * Stops every enrolment of a learner and all other pending deliveries, because an address problem affects every course.
 */
export async function stopLearner(
  unit: Repositories,
  learnerId: number,
  reason: StopReason,
  now: number,
): Promise<number> {
  const cancelled = await unit.reports.cancelLearner(learnerId, KEPT[reason], now)
  for (const enrolment of await unit.enrolments.ofLearner(learnerId)) await stopEnrolment(unit, enrolment, reason, now)
  return cancelled
}

/** Stops the check-ins only. Within the caller's transaction. */
export async function stopCheckIns(unit: Repositories, enrolmentId: number, now: number): Promise<void> {
  await changeState(unit, { id: enrolmentId }, 'stop-check-ins', now)
  await unit.deliveries.cancelCheckIns(enrolmentId, now, KEPT.learner)
}

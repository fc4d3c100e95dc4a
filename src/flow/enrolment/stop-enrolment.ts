import type { Enrolment } from '../../core/model.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { changeState } from './change-state.ts'

/** Why a learner gets no more lessons and check-ins. */
export type StopReason =
  | 'learner'
  | 'operator'
  | 'answers'
  | 'provider'
  | 'complaint'
  | 'full-mailbox'
  | 'dead-address'
  | 'suppressed'
  | 'suppressed-by-relay'
  | 'address'

/** The reason stored with the cancelled deliveries. A stop caused by answers is stored as the learner's own. */
const KEPT: Readonly<Record<StopReason, string>> = {
  learner: 'stopped by the learner',
  answers: 'stopped by the learner',
  operator: 'stopped by an operator',
  provider: 'unsubscribed at the relay',
  complaint: 'a complaint',
  'full-mailbox': 'the mailbox stayed full',
  'dead-address': 'the address is dead',
  suppressed: 'the address is suppressed',
  'suppressed-by-relay': 'suppressed at the relay',
  address: 'the new address has to confirm once more',
}

/**
 * The only way to stop an enrolment, within the caller's transaction. After the commit no lesson or check-in starts
 * being sent, and what was proposed to be published counts as declined. An active enrolment becomes stopped and can be
 * resumed; a finished one keeps its state and loses its check-ins; a stopped one is left as it is. What is planned of
 * earlier rounds of the course, such as the email about a question, ends too. Idempotent.
 */
export async function stopEnrolment(
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id'>,
  reason: StopReason,
  now: number,
): Promise<void> {
  await changeState(unit, enrolment, 'stop', now)
  for (const id of await roundsUntil(unit, enrolment.id)) {
    await unit.deliveries.cancelEnrolment(id, now, KEPT[reason])
    await unit.publications.declineOfEnrolment(id, now)
  }
}

/** This enrolment and the earlier ones of the same learner and course. */
async function roundsUntil({ enrolments }: Pick<Repositories, 'enrolments'>, id: number): Promise<readonly number[]> {
  const last = await enrolments.byId(id)
  if (last === null) return [id]
  return (await enrolments.ofLearner(last.learnerId))
    .filter((one) => one.course === last.course && one.id <= id)
    .map((one) => one.id)
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

/** Stops only the check-ins, within the caller's transaction. */
export async function stopCheckIns(unit: Repositories, enrolmentId: number, now: number): Promise<void> {
  await changeState(unit, { id: enrolmentId }, 'stop-check-ins', now)
  await unit.deliveries.cancelCheckIns(enrolmentId, now, KEPT.learner)
}

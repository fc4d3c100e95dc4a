import type { Reason } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { latestWithCourse } from '../../course-of-enrolment.ts'
import { askAddress } from '../../learner/change-address.ts'
import type { Ports } from '../../ports/ports.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'

/** Nobody but the person may want another address. */
export const CORRECTION_REASONS: readonly Reason[] = ['asked', 'mistake']

export interface Correction {
  readonly learnerId: number
  /** The new address, as `checkEmail` returns it. */
  readonly address: string
  readonly reason: Reason
  /** '' for none. */
  readonly note: string
}

/**
 * Asks a new address to confirm, as the learner's own change does; until somebody clicks in that mailbox, nothing changes.
 * The same happens whatever is known of that address. Links to it never open what was written before. Fails with `not-found`,
 * and with `bad-input` for the address that the person has, and for somebody who takes no course.
 */
export async function correctAddress(
  ports: RecordPorts & Pick<Ports, 'courses' | 'store'>,
  operatorId: number,
  { learnerId, address, reason, note }: Correction,
): Promise<void> {
  if (!CORRECTION_REASONS.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if ((await unit.learners.byId(learnerId)) === null) throw new AppError('not-found', phrase('desk.errors.no-person'))
    if (latestWithCourse(ports, await unit.enrolments.ofLearner(learnerId)) === null)
      throw new AppError('bad-input', phrase('desk.errors.no-course'))
    const id = await askAddress(ports, unit, { learnerId, address, isCorrection: true }, now)
    if (id === null) throw new AppError('bad-input', phrase('desk.errors.same-address'))
    await recordAct(ports, unit, { operatorId, act: 'correct-address', learnerId, reason, note })
  })
}

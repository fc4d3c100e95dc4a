import type { Reason } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'

/** Nobody but the person, or trouble with delivery, calls for another email. */
export const RESEND_REASONS: readonly Reason[] = ['asked', 'trouble', 'mistake', 'test']

/**
 * Sends a lesson that was sent once more, now and once. It is an email of its own kind without a day, so it never counts as
 * the day's lesson. Fails with `bad-input` if the lesson is not settled as sent, had a second copy already, or its person
 * gets no lessons by email.
 */
export async function resendLesson(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  id: number,
  reason: Reason,
): Promise<void> {
  if (!RESEND_REASONS.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  await ports.store.transaction(async (unit) => {
    const planned = await unit.deliveries.planResend(id, ports.clock.now())
    if (planned === null || !(await unit.deliveries.mayBeSent(planned.id)))
      throw new AppError('bad-input', phrase('desk.errors.not-resent'))
    const { learnerId } = planned
    const details = { delivery: id, resend: planned.id }
    await recordAct(ports, unit, { operatorId, act: 'resend', learnerId, reason, details })
  })
}

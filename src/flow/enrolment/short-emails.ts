import { isRestricted } from '../../core/assessment/starting-point.ts'
import { errorForLog } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { pauseAfterSlice } from '../pause-after-slice.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { startingPointOfEnrolment } from './starting-point.ts'

const SLICE = 200

/**
 * Switches short emails on, whether the learner chose them or is restricted. Everything outside an own session depends
 * on this one setting, so that nobody can tell the two apart.
 */
export async function switchOnShortEmails(unit: Repositories, enrolmentId: number): Promise<void> {
  await unit.enrolments.setShortEmails(enrolmentId, true)
}

/**
 * Whether this enrolment has short emails. For an enrolment from an earlier version this is determined first, and
 * stored.
 */
export async function hasShortEmails(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  unit: Repositories,
  enrolment: Enrolment,
): Promise<boolean> {
  if (enrolment.shortEmails !== null) return enrolment.shortEmails
  const start = await startingPointOfEnrolment(ports, unit, enrolment)
  const short = isRestricted(start, ports.clock.now())
  await unit.enrolments.settleShortEmails(enrolment.id, short)
  return short
}

/**
 * Determines and stores the setting for all enrolments from earlier versions, in slices while the service runs. Safe to
 * run in several processes and to interrupt: finished rows are not processed again.
 */
export async function backfillShortEmails(
  ports: Pick<Ports, 'clock' | 'store' | 'sealer' | 'log'>,
  signal: AbortSignal,
): Promise<number> {
  let settled = 0
  for (let afterId = 0; ; ) {
    const start = performance.now()
    const rows = await ports.store.enrolments.withoutShortEmails(afterId, SLICE)
    for (const enrolment of rows) {
      if (signal.aborted) return settled
      afterId = enrolment.id
      try {
        await hasShortEmails(ports, ports.store, enrolment)
        settled += 1
      } catch (error) {
        // The error is reported again when one of its pages or emails needs the setting, and must not stop the others.
        ports.log.error({ enrolment: enrolment.id, error: errorForLog(error) }, 'could not decrypt a starting point')
      }
    }
    if (rows.length < SLICE) return settled
    await pauseAfterSlice(start, signal)
  }
}

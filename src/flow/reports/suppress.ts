import { stopLearner } from '../enrolment/stop-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Suppresses an address and stops all courses of its learner, in one transaction. `since` is ms UTC. */
export async function suppress(
  ports: Pick<Ports, 'clock' | 'store'>,
  addressKey: string,
  reason: string,
  since?: number,
): Promise<{ isNew: boolean; cancelled: number }> {
  const now = ports.clock.now()
  return ports.store.transaction((unit) => suppressAddress(unit, addressKey, reason, now, since))
}

/** The same within the caller's transaction. */
export async function suppressAddress(
  unit: Repositories,
  addressKey: string,
  reason: string,
  now: number,
  since = now,
): Promise<{ isNew: boolean; cancelled: number }> {
  const isNew = await unit.suppressions.addKey({ addressKey, reason, createdAt: since })
  const learnerId = isNew ? await unit.reports.learnerByKey(addressKey) : null
  const cancelled = learnerId === null ? 0 : await stopLearner(unit, learnerId, 'suppressed', now)
  return { isNew, cancelled }
}

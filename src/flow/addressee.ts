import type { Delivery } from '../core/model.ts'
import type { Repositories } from './ports/store-ports.ts'

/**
 * The learner row that now holds the address which a delivery of this learner was sent to at this instant (ms UTC), because
 * a refusal or report is about an address. After a change of address it is another row than the learner's; null once the
 * former address was forgotten.
 */
export async function holderOfAddress(
  unit: Pick<Repositories, 'addressChanges'>,
  learnerId: number,
  sentAt: number,
): Promise<number | null> {
  let holder = learnerId
  for (let since = sentAt; ; ) {
    const change = await unit.addressChanges.nextOf(holder, since)
    if (change === null || change.changedAt === null) return holder
    const next = change.learnerId === holder ? change.otherId : change.learnerId
    if (next === null) return null
    holder = next
    since = change.changedAt
  }
}

/** Longer than from reading the address to the handover. */
const ATTEMPT_MS = 120_000

/**
 * The same for a report on a delivery; of one that was never handed over, the learner. One that was under way during the
 * change counts as sent to the former address, so that it never ends the emails to the new one.
 */
export async function addresseeOf(
  unit: Pick<Repositories, 'addressChanges'>,
  { learnerId, firstAttemptAt, firstHandoverAt }: Delivery,
): Promise<number | null> {
  if (firstHandoverAt === null) return learnerId
  return holderOfAddress(unit, learnerId, Math.max(firstAttemptAt ?? 0, firstHandoverAt - ATTEMPT_MS))
}

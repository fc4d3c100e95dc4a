import { NEVER } from '../../core/model.ts'
import type { Settlement } from '../ports/delivery-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/**
 * Remembers what became of an attempt that was not accepted, within the transaction that settles it; now is ms UTC. An
 * accepted one is the delivery's own row, and what was called off was no attempt: both leave nothing, and cost nothing.
 */
export async function recordAttempt(
  unit: Pick<Repositories, 'attempts'>,
  deliveryId: number,
  settlement: Settlement,
  now: number,
): Promise<void> {
  if (settlement.state === 'sent' || settlement.state === 'cancelled') return
  await unit.attempts.note({
    deliveryId,
    at: now,
    outcome: settlement.state,
    reply: settlement.reply,
    nextAt: nextOf(settlement),
  })
}

function nextOf(settlement: { readonly state: string; readonly dueAt?: number }): number | null {
  const { dueAt = NEVER } = settlement
  return dueAt < NEVER ? dueAt : null
}

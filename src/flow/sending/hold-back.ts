import type { AttemptOutcome } from '../ports/delivery-ports.ts'
import type { Ports } from '../ports/ports.ts'

/**
 * Moves a message that must not be sent today to `until` (ms UTC), and remembers why. False, changing nothing, if it does not wait
 * any more. The row is moved outside the transaction, because the worker moves its own wake-up.
 */
export async function holdBack(
  { store }: Pick<Ports, 'store'>,
  deliveryId: number,
  outcome: Extract<AttemptOutcome, 'warm-up' | 'not-its-day'>,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<boolean> {
  if ((await store.deliveries.postpone(deliveryId, until)) === null) return false
  await store.transaction((unit) => unit.attempts.note({ deliveryId, at: now, outcome, reply: '', nextAt: until }))
  return true
}

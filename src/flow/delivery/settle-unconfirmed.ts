import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** What somebody found out about a message that may or may not have arrived. */
export type Verdict = 'arrived' | 'send-again'

/** Most that is settled at once, oldest first. */
export const MOST_SETTLED = 1_000

/** The result of each id: false where it was not unconfirmed, or its learner no longer receives email. */
export type Settled = ReadonlyMap<number, boolean>

/** Settles unconfirmed deliveries as somebody decided. `all`: the oldest ones, `MOST_SETTLED` at most. */
export async function settleUnconfirmed(
  ports: Pick<Ports, 'clock'>,
  { deliveries }: Pick<Repositories, 'deliveries'>,
  ids: readonly number[] | 'all',
  verdict: Verdict,
): Promise<Settled> {
  const chosen = ids === 'all' ? (await deliveries.unconfirmed(MOST_SETTLED)).map(({ id }) => id) : ids
  const settled = new Map<number, boolean>()
  for (const id of chosen) settled.set(id, await deliveries.decide(id, verdict, ports.clock.now()))
  return settled
}

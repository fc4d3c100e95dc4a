import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** How long a message that could not be built is worth another try, ms. */
export const UNBUILT_KEPT_MS = 7 * 86_400_000

/**
 * Messages that could not be built are planned again when a worker starts, because the file or setting may have been
 * fixed by then. They are left out if a later lesson has been sent, since they would arrive out of order. `record`: writes
 * down who did it, and how many there were, in the same transaction.
 */
export async function replanUnbuiltMessages(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  record?: (unit: Repositories, planned: number) => Promise<void>,
): Promise<number> {
  const now = ports.clock.now()
  const planned = await ports.store.transaction(async (unit) => {
    const count = await unit.unbuiltMessages.replanFailed(now - UNBUILT_KEPT_MS, now)
    await record?.(unit, count)
    return count
  })
  if (planned > 0) ports.log.info({ planned }, 'retrying messages that could not be built')
  return planned
}

import type { Ports } from '../ports/ports.ts'

const REPLAN_WINDOW_MS = 7 * 86_400_000

/**
 * A worker that starts may have the file or the setting that was at fault, fixed: messages that could not be built go
 * back to the plan, unless a later lesson has gone out meanwhile and they would come out of order.
 */
export async function replanUnbuiltMessages(ports: Pick<Ports, 'clock' | 'store' | 'log'>): Promise<number> {
  const now = ports.clock.now()
  const planned = await ports.store.transaction((unit) =>
    unit.unbuiltMessages.replanFailed(now - REPLAN_WINDOW_MS, now),
  )
  if (planned > 0) ports.log.info({ planned }, 'retrying messages that could not be built')
  return planned
}

import type { Ports } from '../ports/ports.ts'

const REPLAN_WINDOW_MS = 7 * 86_400_000

/**
 * Messages that could not be built are planned again when a worker starts, because the file or setting may have been
 * fixed by then. They are left out if a later lesson has been sent, since they would arrive out of order.
 */
export async function replanUnbuiltMessages(ports: Pick<Ports, 'clock' | 'store' | 'log'>): Promise<number> {
  const now = ports.clock.now()
  const planned = await ports.store.transaction((unit) =>
    unit.unbuiltMessages.replanFailed(now - REPLAN_WINDOW_MS, now),
  )
  if (planned > 0) ports.log.info({ planned }, 'retrying messages that could not be built')
  return planned
}

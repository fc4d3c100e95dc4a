import { replanUnbuiltMessages, UNBUILT_KEPT_MS } from '../../delivery/replan-unbuilt-messages.ts'
import type { Ports } from '../../ports/ports.ts'
import { type BulkPorts, recordBulkAct, tellOfBulkAct } from '../bulk-act.ts'

/** Why messages could not be built, and how many for each reason, most first. */
export function viewUnbuiltMessages(
  ports: Pick<Ports, 'clock' | 'store'>,
): Promise<readonly { readonly reason: string; readonly count: number }[]> {
  return ports.store.unbuiltMessages.since(ports.clock.now() - UNBUILT_KEPT_MS)
}

/** Plans them again, as a worker does when it starts, and tells every owner. Returns how many. */
export async function retryUnbuiltMessages(ports: BulkPorts, operatorId: number): Promise<number> {
  const count = await replanUnbuiltMessages(ports, (unit, messages) =>
    recordBulkAct(ports, unit, operatorId, 'retry-messages', messages),
  )
  await tellOfBulkAct(ports, operatorId, 'retry-messages', count)
  return count
}

/** Gives them up, so that no worker builds them when it starts, and tells every owner. Returns how many. */
export async function dropUnbuiltMessages(ports: BulkPorts, operatorId: number): Promise<number> {
  const count = await ports.store.transaction(async (unit) => {
    const dropped = await unit.unbuiltMessages.forgetSince(ports.clock.now() - UNBUILT_KEPT_MS)
    await recordBulkAct(ports, unit, operatorId, 'drop-messages', dropped)
    return dropped
  })
  await tellOfBulkAct(ports, operatorId, 'drop-messages', count)
  return count
}

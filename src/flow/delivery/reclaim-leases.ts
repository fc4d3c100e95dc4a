import type { Ports } from '../ports/ports.ts'

/** Gives back, at once, the leases of workers of this machine that have ended; others' run out by themselves. */
export async function reclaimLeases(ports: Pick<Ports, 'clock' | 'store' | 'log' | 'isDeadWorker'>): Promise<number> {
  const owners = await ports.store.deliveries.owners()
  const released = await ports.store.deliveries.releaseOwners(owners.filter(ports.isDeadWorker), ports.clock.now())
  if (released > 0) ports.log.info({ released }, 'released the leases of a worker that has exited')
  return released
}

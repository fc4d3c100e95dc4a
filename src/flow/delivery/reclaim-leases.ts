import type { Ports } from '../ports/ports.ts'

/** Releases at once the leases of workers on this machine that have exited; leases of other machines expire. */
export async function reclaimLeases(ports: Pick<Ports, 'clock' | 'store' | 'log' | 'isDeadWorker'>): Promise<number> {
  const owners = await ports.store.deliveries.owners()
  const released = await ports.store.deliveries.releaseOwners(owners.filter(ports.isDeadWorker), ports.clock.now())
  if (released > 0) ports.log.info({ released }, 'released the leases of a worker that has exited')
  return released
}

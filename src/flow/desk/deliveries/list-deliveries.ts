import { maskAddress } from '../../../core/desk/mask-address.ts'
import type { DeliveryFilter, DeliveryRow, DeskCursor } from '../../ports/desk-ports.ts'
import type { Ports } from '../../ports/ports.ts'

/** Deliveries on a page. */
const PAGE = 25

/** A line of a list, which others may see: the address is masked, and the relay's words, which may contain it, are left out. */
export type ListedDelivery = Omit<DeliveryRow, 'address'> & { readonly masked: string }

/** Deliveries by state, course and day, a page at a time. */
export async function listDeliveries(
  ports: Pick<Ports, 'clock' | 'store'>,
  filter: DeliveryFilter,
  after: DeskCursor | null,
): Promise<{ readonly deliveries: readonly ListedDelivery[]; readonly next: DeskCursor | null }> {
  const { rows, next } = await ports.store.deskDeliveries.page(filter, ports.clock.now(), after, PAGE)
  return { deliveries: rows.map(({ address, ...row }) => ({ ...row, masked: maskAddress(address) })), next }
}

import type { Delivery } from '../../core/model.ts'
import type { AcceptedMessage } from '../ports/delivery-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Store } from '../ports/store-ports.ts'
import { utcDay } from '../sending/reputation.ts'
import { retryWhileBusy } from './retry-while-busy.ts'

/** All who wait for a transaction continue in one turn of the event loop, so more would delay page requests. */
const MAX_TOGETHER = 32

interface Batch {
  readonly messages: AcceptedMessage[]
  readonly recorded: Promise<void>
}

/** The batch whose transaction has not begun yet. */
const gathering = new WeakMap<Store, Batch>()

/**
 * Records an accepted message that has no consequences besides the count of the day, guarded by its fence. Messages that are
 * accepted while a transaction waits for its turn share it: two statements for all of them. Resolves once it is durable.
 */
export function recordAccepted(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  row: Delivery,
  reply: string,
): Promise<void> {
  const known = gathering.get(ports.store)
  const batch = known !== undefined && known.messages.length < MAX_TOGETHER ? known : begin(ports)
  batch.messages.push({ id: row.id, fence: row.fence, reply, at: ports.clock.now() })
  return batch.recorded
}

function begin({ clock, store, log }: Pick<Ports, 'clock' | 'store' | 'log'>): Batch {
  const messages: AcceptedMessage[] = []
  const close = () => {
    if (gathering.get(store)?.messages === messages) gathering.delete(store)
  }
  const record = () =>
    store.transaction(async (unit) => {
      close()
      const changed = await unit.deliveries.settleAccepted(messages)
      if (changed > 0) await unit.reputation.count(utcDay(clock.now()), 'sent', changed)
    })
  // Begins later than the first message is added, even where a transaction begins at once.
  const recorded = Promise.resolve()
    .then(() => retryWhileBusy(log, record))
    .finally(close)
  const batch = { messages, recorded }
  gathering.set(store, batch)
  return batch
}

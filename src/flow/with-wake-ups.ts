import type { Deliveries } from './ports/delivery-ports.ts'
import type { Repositories, Store } from './ports/store-ports.ts'
import type { WakeUp, WakeUps } from './ports/wake-ups.ts'

/**
 * The same store, with a unit of work that collects what it plans: after the commit the queue gets all of it in one call, and
 * after a rollback nothing. Planned outside a transaction, it is handed over at once. A worker that postpones the row it has
 * just tried does so outside a transaction and moves its own job instead.
 */
export function withWakeUps(store: Store, wakeUps: Pick<WakeUps, 'plan'>): Store {
  return {
    ...store,
    deliveries: planningAtOnce(store.deliveries, wakeUps),
    async transaction(work) {
      const planned = new Map<number, WakeUp>()
      const result = await store.transaction((unit) => {
        // The store may retry the transaction.
        planned.clear()
        return work(collecting(unit, planned))
      })
      if (planned.size > 0) await wakeUps.plan([...planned.values()])
      return result
    },
  }
}

/** By id, so that a row planned twice gets one wake-up, at the time given last. */
type Planned = Map<number, WakeUp>

function collecting(unit: Repositories, planned: Planned): Repositories {
  const { deliveries } = unit
  const collect = (row: WakeUp | null) => {
    if (row !== null) planned.set(row.id, row)
  }
  return {
    ...unit,
    deliveries: {
      ...deliveries,
      async plan(rows, now) {
        const added = await deliveries.plan(rows, now)
        added.forEach(collect)
        return added
      },
      async planResend(id, now) {
        const row = await deliveries.planResend(id, now)
        collect(row)
        return row
      },
      async replan(id, dueAt) {
        const row = await deliveries.replan(id, dueAt)
        collect(row)
        return row
      },
      async postpone(id, dueAt) {
        const row = await deliveries.postpone(id, dueAt)
        collect(row)
        return row
      },
      async hold(id, dueAt) {
        const row = await deliveries.hold(id, dueAt)
        collect(row)
        return row
      },
      async presumeSent(until) {
        const rows = await deliveries.presumeSent(until)
        for (const { id } of rows) planned.delete(id)
        return rows
      },
    },
  }
}

function planningAtOnce(deliveries: Deliveries, wakeUps: Pick<WakeUps, 'plan'>): Deliveries {
  return {
    ...deliveries,
    async plan(rows, now) {
      const added = await deliveries.plan(rows, now)
      if (added.length > 0) await wakeUps.plan(added)
      return added
    },
    async planResend(id, now) {
      const row = await deliveries.planResend(id, now)
      if (row !== null) await wakeUps.plan([row])
      return row
    },
    async replan(id, dueAt) {
      const row = await deliveries.replan(id, dueAt)
      if (row !== null) await wakeUps.plan([row])
      return row
    },
  }
}

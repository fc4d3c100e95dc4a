import type { Repositories, Store } from '../../../src/flow/ports/store-ports.ts'

/**
 * Named moments that cannot be seen from outside a process. `uncommitted`: written, with the transaction still open.
 */
export type Point =
  | 'claim:before'
  | 'claim:after'
  | 'handover:before'
  | 'handover:after'
  | 'settle:before'
  | 'settle:uncommitted'
  | 'settle:committed'
  | 'confirm:uncommitted'
  | 'confirm:committed'
  | 'sign-up:uncommitted'
  | 'sign-up:committed'

/** Called at each moment; the returned promise is awaited. */
export type Reach = (point: Point) => Promise<void>

/** The same store, calling `reach` at each moment. */
export function withFaultPoints(store: Store, reach: Reach): Store {
  const { deliveries } = store
  return {
    ...store,
    deliveries: {
      ...deliveries,
      async claim(...args) {
        await reach('claim:before')
        const row = await deliveries.claim(...args)
        if (row) await reach('claim:after')
        return row
      },
      async markHandedOver(...args) {
        await reach('handover:before')
        const marked = await deliveries.markHandedOver(...args)
        if (marked) await reach('handover:after')
        return marked
      },
    },
    async transaction(work) {
      let about: 'settle' | 'confirm' | 'sign-up' | null = null
      const result = await store.transaction(async (unit: Repositories) => {
        const done = await work({
          ...unit,
          deliveries: {
            ...unit.deliveries,
            async settle(...args) {
              await reach('settle:before')
              about = 'settle'
              return unit.deliveries.settle(...args)
            },
            async settleAccepted(...args) {
              await reach('settle:before')
              about = 'settle'
              return unit.deliveries.settleAccepted(...args)
            },
          },
          signUps: {
            ...unit.signUps,
            add(...args) {
              about = 'sign-up'
              return unit.signUps.add(...args)
            },
            confirm(...args) {
              about = 'confirm'
              return unit.signUps.confirm(...args)
            },
          },
        })
        if (about) await reach(`${about}:uncommitted`)
        return done
      })
      if (about) await reach(`${about}:committed`)
      return result
    },
  }
}

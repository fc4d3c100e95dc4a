import { deliver } from './deliver.ts'
import type { Outcome } from './outcome.ts'
import { planAhead } from './plan-ahead.ts'
import type { Ports } from './ports.ts'
import { continueEnrolment } from './record-result.ts'

/** Rows taken up by one sweep; what is left waits for the next. */
const BATCH = 500

export interface SweepReport {
  readonly delivered: number
  readonly unconfirmed: number
}

/**
 * Finds whatever is due and unclaimed in the database alone and delivers it, `concurrency` at a time. Plans the queue's
 * horizon again where the queue has forgotten it. Runs every 15 s, through the queue or without it.
 */
export async function sweep(ports: Ports, options: { concurrency: number }): Promise<SweepReport> {
  const now = ports.clock.now()
  await ports.store.heartbeats.beat('sweep', now)
  const unconfirmed = await expireDots(ports, now)
  await planAhead(ports, now)

  const waiting = [...(await ports.store.deliveries.due(now, BATCH))]
  let delivered = 0
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const outcome: Outcome = await deliver(ports, id)
      if (outcome.kind === 'sent') delivered += 1
      // Nothing may go out at all: the rest would hear the same.
      if (outcome.kind === 'held') waiting.length = 0
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  return { delivered, unconfirmed }
}

/** A worker that ended after the dot leaves a row that nobody will settle: it becomes unconfirmed, and the course goes on. */
async function expireDots(ports: Ports, now: number): Promise<number> {
  const { rows, planned } = await ports.store.transaction(async (unit) => {
    const rows = await unit.deliveries.expireDots(now, now + ports.settings.resendAfterMs)
    const planned = []
    for (const row of rows) planned.push(...(await continueEnrolment(ports, unit, row, now)))
    return { rows, planned }
  })
  for (const row of rows)
    ports.log.warn({ delivery: row.id }, 'a worker ended after the last bytes of a message and before the reply')
  await ports.wakeUps.plan(planned)
  return rows.length
}

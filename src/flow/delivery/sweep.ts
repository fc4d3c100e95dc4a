import { AppError, errorForLog } from '../../core/errors.ts'
import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import type { Outcome } from '../ports/outcome.ts'
import type { Ports } from '../ports/ports.ts'
import { type DeliverPorts, deliver } from './deliver.ts'
import { planAhead } from './plan-ahead.ts'
import { recordAttempt } from './record-attempt.ts'

/** Rows read at a time. A sweep continues until everything due has been tried. */
const BATCH = 500
/** A row that cannot be tried at all is retried after this time. */
const POSTPONE_MS = 3_600_000

export interface SweepReport {
  readonly delivered: number
  readonly unconfirmed: number
}

/**
 * Finds due, unclaimed rows using only the database and delivers them, `concurrency` at a time. Renews the wake-ups
 * within the planning horizon if the queue has lost them. Runs every 15 s, with or without a queue.
 */
export async function sweep(
  ports: DeliverPorts & Pick<Ports, 'wakeUps'>,
  options: { concurrency: number; signal?: AbortSignal },
): Promise<SweepReport> {
  const now = ports.clock.now()
  await ports.store.heartbeats.beat('sweep', now)
  const unconfirmed = await expireHandovers(ports, now)
  await planAhead(ports, now)

  const tried = new Set<number>()
  let delivered = 0
  let held = false
  const work = async (waiting: number[]) => {
    // Start at the end: the queue's wake-ups start at the beginning, and trying the same row twice is wasted work.
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const outcome = await tryToDeliver(ports, id)
      if (outcome.kind === 'sent') delivered += 1
      // Sending is held, so all other rows would get the same result.
      if (outcome.kind === 'held') held = true
      if (held || options.signal?.aborted) return
    }
  }
  while (!held && !options.signal?.aborted) {
    const due = await ports.store.deliveries.due(ports.clock.now(), BATCH)
    // Without a queue only the sweep delivers, and a thousand lessons due in the same hour must not wait for several
    // sweeps.
    const waiting = due.filter((id) => !tried.has(id))
    if (waiting.length === 0) break
    for (const id of waiting) tried.add(id)
    await Promise.all(Array.from({ length: options.concurrency }, () => work(waiting)))
    await ports.store.heartbeats.beat('sweep', ports.clock.now())
  }
  return { delivered, unconfirmed }
}

/** A row whose course or time zone is invalid must not block the others. */
async function tryToDeliver(ports: DeliverPorts, id: number): Promise<Outcome> {
  try {
    return await deliver(ports, id)
  } catch (error) {
    if (!isRowSpecific(error)) throw error
    const until = ports.clock.now() + POSTPONE_MS
    await ports.store.deliveries.postpone(id, until)
    ports.log.error(
      { delivery: id, error: errorForLog(error) },
      'a delivery could not be attempted; postponed for an hour',
    )
    return { kind: 'early', until }
  }
}

/**
 * If a worker exits after the handover, nobody records the result of its row. The row becomes `unconfirmed` and the
 * course continues.
 */
async function expireHandovers(
  ports: Pick<Ports, 'store' | 'courses' | 'calendar' | 'log' | 'settings'>,
  now: number,
): Promise<number> {
  const rows = await ports.store.transaction(async (unit) => {
    const rows = await unit.deliveries.expireHandovers(now, now + ports.settings.resendAfterMs)
    for (const row of rows) {
      const { reply, dueAt } = row
      await recordAttempt(unit, row.id, { state: 'unconfirmed', reply: reply ?? '', dueAt }, now)
      try {
        await continueEnrolment(ports, unit, row, now)
      } catch (error) {
        if (!isRowSpecific(error)) throw error
        ports.log.error({ delivery: row.id, error: errorForLog(error) }, 'could not plan what follows a delivery')
      }
    }
    return rows
  })
  for (const row of rows)
    ports.log.warn({ delivery: row.id }, 'a worker exited after handing over a message and before the reply')
  return rows.length
}

/** Any other error, such as a locked database, would affect the next row as well. */
function isRowSpecific(error: unknown): boolean {
  if (error instanceof AppError) return error.code !== 'busy'
  return error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError
}

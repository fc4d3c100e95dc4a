import { AppError, errorForLog } from '../../core/errors.ts'
import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import type { Outcome } from '../ports/outcome.ts'
import type { Ports } from '../ports/ports.ts'
import { deliver } from './deliver.ts'
import { planAhead } from './plan-ahead.ts'

/** Rows read at a time; a sweep goes on until it has tried everything that is due. */
const BATCH = 500
/** A row that cannot be tried at all is looked at again after this long. */
const POSTPONE_MS = 3_600_000

export interface SweepReport {
  readonly delivered: number
  readonly unconfirmed: number
}

/**
 * Finds whatever is due and unclaimed in the database alone and delivers it, `concurrency` at a time. Plans the queue's
 * horizon again where the queue has forgotten it. Runs every 15 s, through the queue or without it.
 */
export async function sweep(
  ports: Ports,
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
    // From the far end: the queue's wake-ups begin at the near one, and two that try one row cost both of them.
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const outcome = await tryToDeliver(ports, id)
      if (outcome.kind === 'sent') delivered += 1
      // Nothing may go out at all: the rest would hear the same.
      if (outcome.kind === 'held') held = true
      if (held || options.signal?.aborted) return
    }
  }
  while (!held && !options.signal?.aborted) {
    const due = await ports.store.deliveries.due(ports.clock.now(), BATCH)
    // Without a queue a sweep is all there is, and a thousand lessons due at one hour must not wait for many of them.
    const waiting = due.filter((id) => !tried.has(id))
    if (waiting.length === 0) break
    for (const id of waiting) tried.add(id)
    await Promise.all(Array.from({ length: options.concurrency }, () => work(waiting)))
    await ports.store.heartbeats.beat('sweep', ports.clock.now())
  }
  return { delivered, unconfirmed }
}

/** One row that cannot be tried holds up no other: a row, a course or a time zone may be broken for itself. */
async function tryToDeliver(ports: Ports, id: number): Promise<Outcome> {
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

/** A worker that ended after the dot leaves a row that nobody will settle: it becomes unconfirmed, and the course goes on. */
async function expireHandovers(
  ports: Pick<Ports, 'store' | 'courses' | 'calendar' | 'log' | 'settings'>,
  now: number,
): Promise<number> {
  const rows = await ports.store.transaction(async (unit) => {
    const rows = await unit.deliveries.expireHandovers(now, now + ports.settings.resendAfterMs)
    for (const row of rows) {
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

/** Anything else, such as a database that is locked, would befall the next row too. */
function isRowSpecific(error: unknown): boolean {
  if (error instanceof AppError) return error.code !== 'busy'
  return error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError
}

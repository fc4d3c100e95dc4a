import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import type { Clock, Log } from '../flow/ports/ports.ts'
import type { WakeUp, WakeUps } from '../flow/ports/wake-ups.ts'
import { batchPerTick } from './batch-per-tick.ts'
import { jobIdOf, LESSONS, NOTICES, queueOf, type WakeUpJob } from './queue-names.ts'

export interface QueueWakeUps extends WakeUps {
  close(): Promise<void>
}

/** Enqueueing is best effort: callers wait at most this long for Redis. */
const REDIS_TIMEOUT_MS = 2_000

/** Maximum jobs per write: serialising a thousand would block the event loop noticeably. */
const AT_ONCE = 100

/** Plans wake-ups in BullMQ. Rows due later than `horizonMs` from now are planned when the horizon reaches them. */
export function createWakeUps(
  redis: Redis,
  options: { clock: Clock; log: Log; horizonMs: number; prefix: string; canUseInfo?: boolean },
): QueueWakeUps {
  const { clock, log, prefix, canUseInfo = true } = options
  const marker = `${prefix}:planned-until`
  const queues = new Map(
    [LESSONS, NOTICES].map((name) => {
      const queue = new Queue<WakeUpJob>(name, { connection: redis, prefix, skipVersionCheck: !canUseInfo })
      queue.on('error', () => {})
      return [name, queue] as const
    }),
  )

  /** ioredis queues commands while Redis is down, but a request must not wait for it. */
  async function withReadyRedis<T>(work: () => Promise<T>): Promise<T> {
    if (redis.status !== 'ready') throw new Error('Redis is not connected')
    return pTimeout(work(), { milliseconds: REDIS_TIMEOUT_MS, message: 'Redis did not answer in time' })
  }

  async function add(deliveries: readonly WakeUp[]): Promise<void> {
    const now = clock.now()
    for (const [name, queue] of queues) {
      const jobs = deliveries
        .filter((delivery) => queueOf(delivery.kind) === name)
        .map((delivery) => ({
          name: 'deliver',
          data: { deliveryId: delivery.id },
          opts: { jobId: jobIdOf(delivery), delay: Math.max(0, delivery.dueAt - now) },
        }))
      for (let from = 0; from < jobs.length; from += AT_ONCE) await queue.addBulk(jobs.slice(from, from + AT_ONCE))
    }
  }

  /** Identifies this run of Redis: if it changes, Redis was restarted and may have lost jobs. */
  async function runId(): Promise<string> {
    // Without INFO, a Redis restarted from an old snapshot goes unnoticed; the sweep finds what it lost.
    if (!canUseInfo) return ''
    const info = await redis.info('server')
    return /^run_id:(\w+)/m.exec(info)?.[1] ?? ''
  }

  /** Opening a pipeline costs more than adding a job to it, so callers in the same turn share one. */
  const addTogether = batchPerTick<WakeUp>(async (deliveries) => {
    try {
      await withReadyRedis(() => add(deliveries))
    } catch (error) {
      const facts = { deliveries: deliveries.length, error: String(error) }
      log.warn(facts, 'Redis did not accept the wake-ups; the sweep will deliver instead')
    }
  })

  return {
    async plan(deliveries) {
      const until = clock.now() + options.horizonMs
      const near = deliveries.filter((delivery) => delivery.dueAt < until)
      if (near.length > 0) await addTogether(near)
    },

    async plannedUntil() {
      try {
        const [marked, run] = await withReadyRedis(() => Promise.all([redis.get(marker), runId()]))
        const [until, markedRun] = (marked ?? '').split(' ')
        return markedRun === run && until ? Number(until) : null
      } catch {
        return null
      }
    },

    async planUpTo(pages, until) {
      let planned = 0
      try {
        const run = await withReadyRedis(runId)
        for await (const page of pages) {
          await withReadyRedis(() => add(page))
          planned += page.length
        }
        await withReadyRedis(() => redis.set(marker, `${until} ${run}`))
      } catch (error) {
        log.debug({ planned, error: String(error) }, 'the horizon could not be planned; the next sweep tries again')
        return false
      }
      if (planned > 0) log.info({ planned }, 'planned wake-ups up to the horizon')
      return true
    },

    async isAlive() {
      try {
        return (await withReadyRedis(() => redis.ping())) === 'PONG'
      } catch {
        return false
      }
    },

    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
    },
  }
}

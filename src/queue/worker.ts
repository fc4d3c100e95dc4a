import { DelayedError, type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import { errorForLog } from '../core/errors.ts'
import type { Outcome } from '../flow/ports/outcome.ts'
import type { Clock, Log } from '../flow/ports/ports.ts'
import { LESSONS, NOTICES, SWEEP, type WakeUpJob } from './queue-names.ts'

export interface QueueWorkerOptions {
  /** A fresh connection for each worker; they block on it. */
  readonly connect: () => Redis
  readonly deliver: (deliveryId: number) => Promise<Outcome>
  /** Prefix of all keys. */
  readonly prefix: string
  readonly canUseInfo?: boolean
  /** Stops between two deliveries when the signal is aborted. */
  readonly sweep: (signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly log: Log
  /** Maximum concurrent deliveries. */
  readonly concurrency: number
  readonly sweepEveryMs: number
}

export interface QueueWorker {
  /** Takes no new jobs, waits for those in progress, then closes. */
  close(): Promise<void>
}

/**
 * The timer checks this often per sweep interval, and runs a sweep itself if none came for an interval and one check.
 * So a broken queue is noticed in less than two intervals.
 */
const CHECKS_PER_SWEEP = 3
const CLOSE_TIMEOUT_MS = 3_000
/**
 * BullMQ's workers pause this long after an error; short, so that they recover soon after Redis has memory or disk
 * again.
 */
const PAUSE_AFTER_ERROR_MS = 5_000

/**
 * Listens for wake-ups and translates outcomes for BullMQ. The sweep runs through BullMQ, once for all workers; a timer
 * runs it if Redis does not respond.
 */
export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { clock, log, prefix, canUseInfo = true } = options
  const shared = { prefix, skipVersionCheck: !canUseInfo }
  const closing = new AbortController()
  // Monotonic time: changing the system clock must not delay a sweep.
  let sweptAt = performance.now()
  let sweeping: Promise<void> | null = null

  const runSweep = (): Promise<void> => {
    sweeping ??= options
      .sweep(closing.signal)
      .catch((error: unknown) => log.error({ error: errorForLog(error) }, 'a sweep failed; the next one tries again'))
      .finally(() => {
        sweptAt = performance.now()
        sweeping = null
      })
    return sweeping
  }

  const delivering = new Set<Promise<unknown>>()
  const handle = async (job: Job<WakeUpJob>, token?: string): Promise<string> => {
    const delivery = options.deliver(job.data.deliveryId)
    delivering.add(delivery)
    const outcome = await delivery.finally(() => delivering.delete(delivery))
    if (outcome.kind === 'early' || outcome.kind === 'deferred' || outcome.kind === 'held') {
      // BullMQ uses the system clock, which may differ; the row's due time is checked again when the job fires.
      await job.moveToDelayed(Date.now() + Math.max(0, outcome.until - clock.now()), token)
      throw new DelayedError()
    }
    return outcome.kind
  }

  const connections = [options.connect(), options.connect(), options.connect(), options.connect()]
  const [lessonRedis, noticeRedis, sweepRedis, schedulerRedis] = connections as [Redis, Redis, Redis, Redis]
  const workers = [
    new Worker<WakeUpJob>(LESSONS, handle, {
      connection: lessonRedis,
      concurrency: options.concurrency,
      ...shared,
      ...WORKER_OPTIONS,
    }),
    new Worker<WakeUpJob>(NOTICES, handle, {
      connection: noticeRedis,
      concurrency: options.concurrency,
      ...shared,
      ...WORKER_OPTIONS,
    }),
    new Worker(SWEEP, runSweep, { connection: sweepRedis, ...shared, ...WORKER_OPTIONS }),
  ]
  for (const worker of workers) {
    worker.on('error', (error) => log.debug({ error: error.message }, 'queue error'))
    worker.on('failed', (job, error) =>
      log.error({ job: job?.id, error: error.message }, 'a job failed; the sweep will retry its delivery'),
    )
  }

  const scheduler = new Queue(SWEEP, { connection: schedulerRedis, ...shared })
  scheduler.on('error', () => {})
  const schedule = () =>
    scheduler
      .upsertJobScheduler(
        'sweep',
        { every: options.sweepEveryMs },
        { opts: { removeOnComplete: true, removeOnFail: true } },
      )
      .catch((error: unknown) => log.debug({ error: String(error) }, 'could not schedule the sweep'))
  // Also after a flush, which deletes the scheduler.
  schedulerRedis.on('ready', schedule)
  schedule()

  const checkIntervalMs = options.sweepEveryMs / CHECKS_PER_SWEEP
  const timer = setInterval(() => {
    const age = performance.now() - sweptAt
    if (sweeping) return
    if (schedulerRedis.status !== 'ready') {
      if (age >= options.sweepEveryMs) runSweep()
    } else if (age > options.sweepEveryMs + checkIntervalMs) {
      // Redis responds but has lost the sweep, or cannot run it.
      schedule()
      runSweep()
    }
  }, checkIntervalMs)
  // Picks up at once what was left when the last process exited.
  runSweep()

  return {
    async close() {
      clearInterval(timer)
      closing.abort()
      // BullMQ's close waits forever for an unreachable Redis, so force it in that case.
      const isAway = schedulerRedis.status !== 'ready'
      const closed = Promise.allSettled(workers.map((worker) => worker.close(isAway)))
      await settled(delivering)
      await waitAtMost(CLOSE_TIMEOUT_MS, closed)
      await settled(delivering)
      await sweeping
      for (const worker of workers) worker.disconnect().catch(() => {})
      await waitAtMost(CLOSE_TIMEOUT_MS, scheduler.close())
      for (const connection of connections) connection.disconnect()
    },
  }
}

/**
 * The result of a delivery is in its row, so completed jobs are removed at once (a quarter cheaper than keeping a few).
 * Failed jobs are kept for an hour for inspection; BullMQ would keep both forever. Set on the worker rather than on
 * each job, where the options would be stored a million times.
 */
const WORKER_OPTIONS = {
  lockDuration: 60_000,
  stalledInterval: 30_000,
  runRetryDelay: PAUSE_AFTER_ERROR_MS,
  removeOnComplete: { count: 0 },
  removeOnFail: { age: 3_600, count: 2_000 },
}

/** Deliveries in progress are finished, however long they take. */
async function settled(delivering: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (delivering.size > 0) await Promise.allSettled([...delivering])
}

/** Waits for work that must not delay the shutdown; errors are ignored. */
async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  await pTimeout(work, { milliseconds: ms, message: false }).catch(() => {})
}

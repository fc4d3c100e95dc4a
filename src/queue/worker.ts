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
  /** Of every key. */
  readonly prefix: string
  readonly canUseInfo?: boolean
  /** Stops between two deliveries once the signal says so. */
  readonly sweep: (signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly log: Log
  /** Deliveries at the same time. */
  readonly concurrency: number
  readonly sweepEveryMs: number
}

export interface QueueWorker {
  /** Takes no new job, waits for those under way, then closes. */
  close(): Promise<void>
}

/**
 * The timer looks this many times between two sweeps, and where none came for a sweep's time and one look more it runs one
 * itself: whatever befell the queue is noticed within less than two sweeps.
 */
const CHECKS_PER_SWEEP = 3
const CLOSE_TIMEOUT_MS = 3_000
/** After an error BullMQ's workers pause this long; Redis back from a full memory or disk finds them soon. */
const PAUSE_AFTER_ERROR_MS = 5_000

/**
 * Listens for wake-ups and turns outcomes into what BullMQ understands. The sweep runs through BullMQ, once for all
 * workers, while Redis lives; a plain timer runs it where Redis does not answer.
 */
export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { clock, log, prefix, canUseInfo = true } = options
  const shared = { prefix, skipVersionCheck: !canUseInfo }
  const closing = new AbortController()
  // Elapsed time, not the time of day: whoever sets the machine's clock must not put off a sweep.
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
      // BullMQ's clock is the machine's; the row's due time is compared again when the job fires.
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
  // Also after a flush: Redis comes back without its scheduler.
  schedulerRedis.on('ready', schedule)
  schedule()

  const checkIntervalMs = options.sweepEveryMs / CHECKS_PER_SWEEP
  const timer = setInterval(() => {
    const age = performance.now() - sweptAt
    if (sweeping) return
    if (schedulerRedis.status !== 'ready') {
      if (age >= options.sweepEveryMs) runSweep()
    } else if (age > options.sweepEveryMs + checkIntervalMs) {
      // Redis lives and has forgotten the sweep, or cannot run it.
      schedule()
      runSweep()
    }
  }, checkIntervalMs)
  // What was left waiting when the last process ended is taken up at once.
  runSweep()

  return {
    async close() {
      clearInterval(timer)
      closing.abort()
      // BullMQ says goodbye to Redis, and waits for one that is away without end: then it is cut off.
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
 * What became of a delivery is in its row, so a completed job says nothing more and leaves Redis at once, which costs it a
 * quarter less than keeping a few. Failed ones stay a little, to be looked at; BullMQ would keep both for ever. Said here
 * and not in each job, where it would fill Redis a million times over.
 */
const WORKER_OPTIONS = {
  lockDuration: 60_000,
  stalledInterval: 30_000,
  runRetryDelay: PAUSE_AFTER_ERROR_MS,
  removeOnComplete: { count: 0 },
  removeOnFail: { age: 3_600, count: 2_000 },
}

/** What is being sent is finished, however long it takes. */
async function settled(delivering: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (delivering.size > 0) await Promise.allSettled([...delivering])
}

/** Waits for work that must not hold up the end; its failure is of no interest. */
async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  await pTimeout(work, { milliseconds: ms, message: false }).catch(() => {})
}

import { DelayedError, type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Outcome } from '../flow/outcome.ts'
import type { Clock, Log } from '../flow/ports.ts'
import { LESSONS, NOTICES, SWEEP, type WakeUpJob } from './queue-names.ts'

export interface QueueWorkerOptions {
  /** A fresh connection for each worker; they block on it. */
  readonly connect: () => Redis
  readonly deliver: (deliveryId: number) => Promise<Outcome>
  readonly sweep: () => Promise<void>
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

/** A sweep that nobody ran for this long, whatever BullMQ believes, is run by the timer. */
const LATE_FACTOR = 2

/**
 * Listens for wake-ups and turns outcomes into what BullMQ understands. The sweep runs through BullMQ, once for all
 * workers, while Redis lives; a plain timer runs it where Redis does not answer.
 */
export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { clock, log } = options
  let sweptAt = clock.now()
  let sweeping: Promise<void> | null = null

  const runSweep = (): Promise<void> => {
    sweeping ??= options
      .sweep()
      .catch((error: unknown) => log.error({ error: String(error) }, 'a sweep failed; the next one tries again'))
      .finally(() => {
        sweptAt = clock.now()
        sweeping = null
      })
    return sweeping
  }

  const handle = async (job: Job<WakeUpJob>, token?: string): Promise<string> => {
    const outcome = await options.deliver(job.data.deliveryId)
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
    new Worker<WakeUpJob>(LESSONS, handle, { connection: lessonRedis, concurrency: options.concurrency, ...LIMITS }),
    new Worker<WakeUpJob>(NOTICES, handle, { connection: noticeRedis, concurrency: options.concurrency, ...LIMITS }),
    new Worker(SWEEP, runSweep, { connection: sweepRedis, ...LIMITS }),
  ]
  for (const worker of workers) {
    worker.on('error', (error) => log.debug({ error: error.message }, 'the queue reports an error'))
    worker.on('failed', (job, error) =>
      log.error({ job: job?.id, error: error.message }, 'a job failed; the sweep takes its delivery up'),
    )
  }

  const scheduler = new Queue(SWEEP, { connection: schedulerRedis })
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

  const timer = setInterval(() => {
    const late = clock.now() - sweptAt > options.sweepEveryMs * LATE_FACTOR
    if (schedulerRedis.status !== 'ready') runSweep()
    else if (late) Promise.all([schedule(), runSweep()])
  }, options.sweepEveryMs)
  // What was left waiting when the last process ended is taken up at once.
  runSweep()

  return {
    async close() {
      clearInterval(timer)
      await Promise.allSettled(workers.map((worker) => worker.close()))
      await sweeping
      await scheduler.close().catch(() => {})
      for (const connection of connections) connection.disconnect()
    },
  }
}

const LIMITS = { lockDuration: 60_000, stalledInterval: 30_000 }

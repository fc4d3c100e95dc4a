import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { parseRedisUrl } from '../../src/core/service-urls/redis-url.ts'
import { requireValue } from '../../src/core/service-urls/url-parts.ts'
import { LESSONS } from '../../src/queue/queue-names.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { createWakeUps } from '../../src/queue/wake-ups.ts'
import type { BenchDatabase } from './bench-database.ts'
import type { Child } from './child-process.ts'
import { type Cleanup, withCleanup } from './cleanup.ts'
import { type BenchHarness, QUEUE_PREFIX } from './harness.ts'
import { cpuMs, memoryMb, watchMemory } from './process-figures.ts'

/** The cost of sending lessons that were due together, according to their rows. Times are ms UTC. */
export interface DueRun {
  readonly messages: number
  readonly dueAt: number
  readonly firstClaimAt: number
  readonly lastSentAt: number
  /** Throughput from when they were due to the last row recorded. */
  readonly perSecond: number
  /** The lessons that were due. */
  readonly ids: readonly number[]
  /** ms from due to recorded, for each lesson. */
  readonly lateness: readonly number[]
  /** User and system CPU of all workers, ms per message; null if the system does not provide it. */
  readonly workerCpuPerMessage: number | null
  /** User and system CPU of the database's server, ms per message; 0 for SQLite, which runs in the workers. */
  readonly databaseCpuPerMessage: number | null
  /** CPU of the workers, of Redis, which runs part of BullMQ as scripts, and of the database's server. */
  readonly cpuPerMessage: number | null
  /** Resident memory of the largest worker, MB: maximum during the run, and since its start. */
  readonly memoryMb: number | null
  readonly peakMb: number | null
  /** Messages counted by the sink. */
  readonly sinkCount: number
}

export interface DueRunOptions {
  readonly harness: BenchHarness
  readonly workers: readonly Child[]
  /** The due time of the waiting lessons until the run. */
  readonly placeholder: number
  readonly messages: number
  readonly sink: { count(): number }
  readonly onProgress?: (done: number) => void
  /** Whether other email is being sent meanwhile, so that the sink may count more. */
  readonly sharesSink?: boolean
  /** Called when the lessons become due. */
  readonly onDue?: () => void
}

/** A lower bound of lessons planned per millisecond, and the time to start. */
const PLANNED_PER_MS = 3
const LEAD_MS = 2_500
const PAGE = 1_000
const HORIZON_MS = 86_400_000
const STILL_LIMIT_MS = 60_000
const START_LIMIT_MS = 120_000
const POLL_EVERY_MS = 50

/** The placeholder due time of lessons for a run: beyond every horizon. */
export const placeholderDue = (now: number): number => now + 30 * 86_400_000 + 1

export interface WorkerOptions {
  readonly count: number
  readonly nodeOptions?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
  /** Path in this project; default: a worker. */
  readonly script?: string
}

/** Starts workers as an operator would, and waits until all are listening and one has swept. */
export async function startWorkers(
  cleanup: Cleanup,
  harness: BenchHarness,
  options: WorkerOptions,
): Promise<readonly Child[]> {
  const { count, script = 'bench/processes/worker.ts', settings = {}, nodeOptions = [] } = options
  const since = Date.now()
  const workers = Array.from({ length: count }, () => harness.start(script, settings, nodeOptions))
  await waitUntilWorking(cleanup, harness, workers, since)
  return workers
}

async function waitUntilWorking(
  cleanup: Cleanup,
  harness: BenchHarness,
  workers: readonly Child[],
  since: number,
): Promise<void> {
  await withCleanup(cleanup, async (inner) => {
    const redis = connectRedis(requireValue(parseRedisUrl(harness.redisUrl)))
    inner.add(() => redis.disconnect())
    const queue = new Queue(LESSONS, { connection: redis, prefix: QUEUE_PREFIX })
    inner.add(() => queue.close())
    const deadline = performance.now() + START_LIMIT_MS
    for (;;) {
      const ended = workers.find((worker) => !worker.isRunning())
      if (ended) throw new Error(`A worker did not start. Its output: ${ended.words() || 'none'}`)
      if (performance.now() > deadline) throw new Error('The workers were not at work within two minutes.')
      if ((await queue.getWorkersCount()) >= workers.length && (await hasSwept(harness.database, since))) return
      await sleep(POLL_EVERY_MS)
    }
  })
}

/**
 * Makes the waiting lessons due together, after planning their jobs with the service's own wake-ups, and waits until
 * all are recorded. Fails if one is not sent or the sink has not received as many.
 */
export async function runDue(cleanup: Cleanup, options: DueRunOptions): Promise<DueRun> {
  const { harness, workers, messages, sink } = options
  const before = sink.count()
  const { ids, dueAt } = await planTogether(cleanup, options)

  const pids = workers.map((worker) => worker.pid)
  const redisPid = harness.redisPid()
  const [workerBefore, redisBefore, databaseBefore] = [totalCpu(pids), cpuMs(redisPid), harness.database.cpuMs()]
  const memory = workers.map((worker) => watchMemory(worker.pid))
  await sleep(dueAt - Date.now())
  options.onDue?.()
  await waitUntilRecorded(options, before, dueAt)
  const workerCpu = perMessage(totalCpu(pids), workerBefore, messages)
  const redisCpu = perMessage(cpuMs(redisPid), redisBefore, messages)
  const databaseCpu = perMessage(harness.database.cpuMs(), databaseBefore, messages)
  const all = [workerCpu, redisCpu, databaseCpu].filter((value) => value !== null)
  const highest = memory.map((watch) => watch.stop()).filter((value) => value !== null)
  const peaks = workers.map((worker) => memoryMb(worker.pid)?.peak).filter((value) => value !== undefined)

  const rows = await recorded(harness.database, ids, dueAt)
  const sent = rows.filter((row) => row.state === 'sent').length
  if (sent !== messages) throw new Error(`${messages - sent} of ${messages} lessons were not sent at the first try.`)
  const sinkCount = sink.count() - before
  if (options.sharesSink ? sinkCount < messages : sinkCount !== messages)
    throw new Error(`${messages} lessons are recorded, but smtp-sink counts ${sinkCount}.`)
  const lastSentAt = rows.reduce((last, row) => Math.max(last, row.settledAt), 0)
  return {
    messages,
    ids,
    dueAt,
    firstClaimAt: rows.reduce((first, row) => Math.min(first, row.claimedAt), Number.POSITIVE_INFINITY),
    lastSentAt,
    perSecond: (messages * 1_000) / (lastSentAt - dueAt),
    lateness: rows.map((row) => row.settledAt - dueAt),
    workerCpuPerMessage: workerCpu,
    databaseCpuPerMessage: databaseCpu,
    cpuPerMessage: all.length < 3 ? null : all.reduce((sum, value) => sum + value, 0),
    memoryMb: highest.length === 0 ? null : Math.max(...highest),
    peakMb: peaks.length === 0 ? null : Math.max(...peaks),
    sinkCount,
  }
}

async function planTogether(
  cleanup: Cleanup,
  { harness, placeholder, messages }: DueRunOptions,
): Promise<{ ids: readonly number[]; dueAt: number }> {
  return withCleanup(cleanup, async (inner) => {
    const redis = connectRedis(requireValue(parseRedisUrl(harness.redisUrl)))
    inner.add(() => redis.disconnect())
    const clock = { now: () => Date.now() }
    const problems: string[] = []
    const log = { debug() {}, info() {}, warn: (_: object, say: string) => void problems.push(say), error() {} }
    const wakeUps = createWakeUps(redis, { clock, log, horizonMs: HORIZON_MS, prefix: QUEUE_PREFIX })
    inner.add(() => wakeUps.close())
    await wakeUps.isAlive()
    while (redis.status !== 'ready') await sleep(5)

    // A dry run, because the time to read rows from disk for the first time is unpredictable.
    await setDue(harness.database, placeholder, placeholder)
    const dueAt = Date.now() + LEAD_MS + Math.ceil(messages / PLANNED_PER_MS)
    const ids = await setDue(harness.database, placeholder, dueAt)
    if (ids.length !== messages) throw new Error(`${messages} lessons were to be due, and ${ids.length} wait.`)
    for (let from = 0; from < ids.length; from += PAGE)
      await wakeUps.plan(ids.slice(from, from + PAGE).map((id) => ({ id, dueAt, kind: 'lesson' })))
    if (problems[0] !== undefined) throw new Error(`Jobs could not be planned: ${problems[0]}`)
    if (Date.now() > dueAt) throw new Error('Planning the jobs took longer than expected: the machine is too busy.')
    return { ids, dueAt }
  })
}

async function waitUntilRecorded(options: DueRunOptions, before: number, dueAt: number): Promise<void> {
  const { harness, workers, messages, sink } = options
  let done = 0
  let movedAt = performance.now()
  for (;;) {
    const count = sink.count() - before
    if (count !== done) {
      done = count
      movedAt = performance.now()
      options.onProgress?.(Math.min(done, messages))
    }
    // The sink's count is cheap; the database is queried only near the end.
    if (done >= messages && !(await isWaiting(harness.database, dueAt))) return
    const ended = workers.find((worker) => !worker.isRunning())
    if (ended) throw new Error(`A worker exited while sending. Its output: ${ended.words() || 'none'}`)
    if (performance.now() - movedAt > STILL_LIMIT_MS)
      throw new Error(
        `No progress: ${done} of ${messages} lessons have reached the sink. A worker said: ${workers[0]?.words() || 'nothing'}`,
      )
    await sleep(POLL_EVERY_MS)
  }
}

interface RecordedRow {
  readonly state: string
  readonly claimedAt: number
  readonly settledAt: number
}

/** Moves lessons waiting at `from` to the given due time, ms UTC. Returns their ids. */
async function setDue(database: BenchDatabase, from: number, dueAt: number): Promise<readonly number[]> {
  const rows = await database.query<{ id: number }>(
    `update delivery set due_at = ? where state in ('planned', 'deferred', 'unconfirmed') and due_at = ? returning id`,
    dueAt,
    from,
  )
  return rows.map(({ id }) => id)
}

async function isWaiting(database: BenchDatabase, dueAt: number): Promise<boolean> {
  const found = await database.query(
    `select 1 as found where exists (select 1 from delivery
       where state in ('planned', 'deferred', 'unconfirmed') and due_at <= ?)
     or exists (select 1 from delivery where state = 'leased' and due_at <= ?)`,
    dueAt,
    dueAt,
  )
  return found.length > 0
}

async function recorded(
  database: BenchDatabase,
  ids: readonly number[],
  dueAt: number,
): Promise<readonly RecordedRow[]> {
  const wanted = new Set(ids)
  const { first, last } = ids.reduce(
    (range, id) => ({ first: Math.min(range.first, id), last: Math.max(range.last, id) }),
    { first: Number.POSITIVE_INFINITY, last: 0 },
  )
  const rows = await database.query<RecordedRow & { id: number }>(
    `select id, state, first_attempt_at as "claimedAt", settled_at as "settledAt" from delivery
     where id between ? and ? and due_at = ?`,
    first,
    last,
    dueAt,
  )
  return rows.filter((row) => wanted.has(row.id))
}

async function hasSwept(database: BenchDatabase, since: number): Promise<boolean> {
  return (await database.query(`select 1 as found from heartbeat where name = 'sweep' and at >= ?`, since)).length > 0
}

function totalCpu(pids: readonly number[]): number | null {
  return pids.reduce<number | null>((sum, pid) => {
    const used = cpuMs(pid)
    return sum === null || used === null ? null : sum + used
  }, 0)
}

function perMessage(after: number | null, before: number | null, messages: number): number | null {
  return after === null || before === null ? null : (after - before) / messages
}

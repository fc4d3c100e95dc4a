import { setTimeout as sleep } from 'node:timers/promises'
import { parseDatabaseUrl } from '../../src/core/service-urls/database-url.ts'
import { parseRedisUrl } from '../../src/core/service-urls/redis-url.ts'
import { requireValue } from '../../src/core/service-urls/url-parts.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { createWakeUps } from '../../src/queue/wake-ups.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { createStore } from '../../src/store/store.ts'
import { DATABASE_NAMES, type DatabaseName } from '../options.ts'
import type { Size } from '../parts/bench-database.ts'
import { type Cleanup, withCleanup } from '../parts/cleanup.ts'
import { startWorkers } from '../parts/due-run.ts'
import { createBenchHarness, QUEUE_PREFIX, webAddress } from '../parts/harness.ts'
import type { Check, Context, Measured } from '../parts/measure.ts'
import { memoryMb } from '../parts/process-figures.ts'
import { waitUntilReady } from '../parts/readiness.ts'
import { workerSettings } from '../parts/send-lessons.ts'
import { openSized, type SizedDatabase, sizesUpTo } from '../parts/sized-database.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { type Spread, spreadOf } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const QUERY_MS = 20
const GROWTH = 2
const START_MS = 5_000
const MEMORY_MB = 250
const REDIS_MB = 300
/** Batch sizes of a sweep (flow/delivery/sweep.ts) and of planning (flow/delivery/plan-ahead.ts). */
const DUE_LIMIT = 500
const PAGE = 1_000
const CALLS = 300
/** Slow queries need fewer calls to be measured. */
const MIN_CALLS = 100
const MAX_QUERY_TIME_MS = 10_000
const HOUR_MS = 3_600_000
const PLAN_LIMIT_MS = 600_000
/** The horizon that the targets apply to. */
const JUDGED_HORIZON = '1h'

type Question = 'due' | 'oldestDue' | 'upcoming' | 'expireHandovers' | 'owners'

interface HorizonRun {
  readonly horizon: string
  readonly readyMs: number
  readonly workingMs: number
  readonly planMs: number
  readonly jobs: number
  readonly redisMb: number
  /** In addition to the memory of an empty Redis. */
  readonly bytesPerJob: number
  readonly workerMb: number | null
}

/** Measures the cost of a million learners while few lessons are sent: queries, start, memory, Redis, disk. */
export async function measureMillion(context: Context): Promise<Measured> {
  const { options, progress } = context
  const seen = new Map<DatabaseName, Seen>()
  for (const name of options.databases) {
    const questions = new Map<number, Record<Question, Spread>>()
    for (const size of sizesUpTo(options.enrolments))
      questions.set(size, await ask(context, await openSized(context, size, name)))

    const largest = await openSized(context, options.enrolments, name)
    const disk = await largest.database.size()
    progress.step('moving the busy hour to now')
    await largest.setStart(Date.now())
    progress.done()
    const horizons: HorizonRun[] = []
    for (const horizon of options.horizons) horizons.push(await runWithHorizon(context, largest, horizon))
    seen.set(name, { sized: largest, questions, disk, horizons })
  }
  return report(context, seen)
}

/** Runs the queries of a sweep at times spread over the busiest hour. */
async function ask({ progress }: Context, sized: SizedDatabase): Promise<Record<Question, Spread>> {
  progress.step(`queries at ${figure(sized.enrolments, 0)} learners, ${DATABASE_NAMES[sized.database.name]}`)
  const database = openDatabase(requireValue(parseDatabaseUrl(sized.database.url)))
  const { deliveries } = createStore(database)
  const start = sized.start()
  const asked: Record<Question, (now: number) => Promise<unknown>> = {
    due: (now) => deliveries.due(now, DUE_LIMIT),
    oldestDue: (now) => deliveries.oldestDue(now),
    upcoming: (now) => deliveries.upcoming({ start: now, end: now + HOUR_MS }, null, PAGE),
    expireHandovers: (now) => deliveries.expireHandovers(now, now),
    owners: () => deliveries.owners(),
  }
  const times = { due: [], oldestDue: [], upcoming: [], expireHandovers: [], owners: [] } as Record<Question, number[]>
  try {
    const endsAt = performance.now() + MAX_QUERY_TIME_MS
    for (let call = 0; call < CALLS && (call < MIN_CALLS || performance.now() < endsAt); call += 1) {
      for (const [question, work] of Object.entries(asked) as [Question, (now: number) => Promise<unknown>][]) {
        const now = start + Math.floor((call / CALLS) * HOUR_MS)
        const startedAt = performance.now()
        await work(now)
        times[question].push(performance.now() - startedAt)
      }
      progress.at(call / CALLS)
    }
  } finally {
    await database.close()
    progress.done()
  }
  return Object.fromEntries(Object.entries(times).map(([question, list]) => [question, spreadOf(list)])) as Record<
    Question,
    Spread
  >
}

/** Starts site and worker with an empty Redis in the busiest hour, and waits until the horizon is planned. */
async function runWithHorizon(context: Context, sized: SizedDatabase, horizon: string): Promise<HorizonRun> {
  const { progress, options } = context
  progress.step(`a horizon of ${horizon}, ${DATABASE_NAMES[sized.database.name]}`)
  const seen = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: { ...(await workerSettings(context)), PLANNING_HORIZON: horizon },
      database: sized.database,
    })
    const empty = await redisFigures(harness.redisUrl)
    const startedAt = performance.now()
    const { port, url } = await webAddress()
    const web = harness.start('src/web.ts', { PORT: String(port) })
    const [readyMs, { worker, workingMs }] = await Promise.all([
      waitUntilReady(url, web),
      startWorkers(cleanup, harness, { count: 1 }).then(([worker]) => ({
        worker,
        workingMs: performance.now() - startedAt,
      })),
    ])
    const planMs = (await waitUntilPlanned(cleanup, harness.redisUrl)) - startedAt
    await sleep(options.seconds * 1_000)
    const { jobs, redisMb } = await redisFigures(harness.redisUrl)
    const bytesPerJob = ((redisMb - empty.redisMb) * 1e6) / jobs
    const workerMb = memoryMb(worker?.pid ?? 0)?.peak ?? null
    return { horizon, readyMs, workingMs, planMs, jobs, redisMb, bytesPerJob, workerMb }
  })
  progress.done()
  return seen
}

async function waitUntilPlanned(cleanup: Cleanup, redisUrl: string): Promise<number> {
  return withCleanup(cleanup, async (inner) => {
    const redis = connectRedis(requireValue(parseRedisUrl(redisUrl)))
    inner.add(() => redis.disconnect())
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    const wakeUps = createWakeUps(redis, {
      clock: { now: () => Date.now() },
      log: silent,
      horizonMs: HOUR_MS,
      prefix: QUEUE_PREFIX,
    })
    inner.add(() => wakeUps.close())
    const deadline = performance.now() + PLAN_LIMIT_MS
    while ((await wakeUps.plannedUntil()) === null) {
      if (performance.now() > deadline) throw new Error('The horizon was not planned within ten minutes.')
      await sleep(100)
    }
    return performance.now()
  })
}

async function redisFigures(redisUrl: string): Promise<{ jobs: number; redisMb: number }> {
  const redis = connectRedis(requireValue(parseRedisUrl(redisUrl)))
  try {
    const used = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]
    return { jobs: await redis.zcard(`${QUEUE_PREFIX}:lessons:delayed`), redisMb: Number(used) / 1e6 }
  } finally {
    redis.disconnect()
  }
}

interface Seen {
  readonly sized: SizedDatabase
  readonly questions: ReadonlyMap<number, Record<Question, Spread>>
  readonly disk: Size
  readonly horizons: readonly HorizonRun[]
}

function report({ options }: Context, seen: ReadonlyMap<DatabaseName, Seen>): Measured {
  const rowsOf = (rows: (of: Seen) => readonly (readonly string[])[]) =>
    [...seen].flatMap(([name, of]) => rows(of).map((row) => [DATABASE_NAMES[name], ...row]))
  const first = seen.get('sqlite')?.sized
  return {
    title: 'Many learners',
    tables: [
      {
        title: 'What a sweep asks, ms',
        columns: ['database', 'learners', 'question', 'p50', 'p99', 'longest'],
        rows: rowsOf(({ questions }) =>
          [...questions].flatMap(([size, asked]) =>
            Object.entries(asked).map(([question, { p50, p99, max }]) => [
              figure(size, 0),
              question,
              figure(p50, 3),
              figure(p99, 3),
              figure(max, 3),
            ]),
          ),
        ),
      },
      {
        title: `Planning horizon against memory: ${figure(options.enrolments, 0)} learners, ${figure(first?.dueWithinHour ?? null, 0)} lessons due within the hour`,
        columns: [
          'database',
          'horizon',
          'jobs',
          'Redis MB',
          'bytes a job',
          'planned after s',
          'worker peak MB',
          'site ready ms',
          'worker at work ms',
        ],
        rows: rowsOf(({ horizons }) =>
          horizons.map((run) => [
            run.horizon,
            figure(run.jobs, 0),
            figure(run.redisMb, 0),
            figure(run.bytesPerJob, 0),
            figure(run.planMs / 1_000, 1),
            figure(run.workerMb, 0),
            figure(run.readyMs, 0),
            figure(run.workingMs, 0),
          ]),
        ),
      },
      {
        title: 'The database on disk',
        columns: ['database', 'learners', 'deliveries', 'MB', 'WAL MB', 'bytes a learner'],
        rows: rowsOf(({ sized, disk }) => [
          [
            figure(sized.enrolments, 0),
            figure(sized.enrolments * 8, 0),
            figure(disk.bytes / 1e6, 0),
            figure(disk.walBytes / 1e6, 1),
            figure(disk.bytes / sized.enrolments, 0),
          ],
        ]),
      },
      {
        title: 'A delivery on disk, bytes of the table and each index for one row',
        columns: ['database', 'what', 'bytes'],
        rows: rowsOf(({ sized, disk }) =>
          disk.delivery.map(({ name, bytes }) => [name, figure(bytes / (sized.enrolments * 8), 1)]),
        ),
      },
    ],
    checks: [...seen].flatMap(([name, of]) => checksOf(name, of)),
    plots: [
      {
        kind: 'lines',
        name: 'query',
        title: "The sweep's query by the number of learners",
        xLabel: 'learners',
        yLabel: 'ms',
        xScale: 'log',
        series: [...seen].flatMap(([name, { questions }]) =>
          (['p50', 'p99'] as const).map((share) => ({
            name: `${share}, ${DATABASE_NAMES[name]}`,
            points: [...questions].map(([size, asked]) => [size, asked.due[share]] as const),
          })),
        ),
      },
      {
        kind: 'bars',
        name: 'horizon',
        title: 'Memory of Redis by planning horizon',
        yLabel: 'MB',
        bars: (seen.get('sqlite')?.horizons ?? []).map(({ horizon, redisMb }) => ({
          name: horizon,
          value: redisMb,
          target: REDIS_MB,
        })),
      },
    ],
    facts: {
      byDatabase: Object.fromEntries(
        [...seen].map(([name, { questions, horizons, disk }]) => [
          name,
          { questions: Object.fromEntries(questions), horizons, disk },
        ]),
      ),
      enrolments: options.enrolments,
      dueWithinHour: first?.dueWithinHour ?? null,
    },
    notes: [
      'Start-up counts from the spawn of both processes, on an empty Redis, in the midst of the busy hour.',
      'A learner: sign-up with consent, its email, an enrolment, seven lessons, half of them sent, and two sealed starting points.',
    ],
  }
}

function checksOf(name: DatabaseName, { questions, horizons }: Seen): readonly Check[] {
  const subject = name === 'sqlite' ? 'many learners' : `many learners, ${DATABASE_NAMES[name]}`
  const due = [...questions.values()].map((asked) => asked.due)
  const [smallest, largest] = [due[0], due.at(-1)]
  const judged = horizons.find(({ horizon }) => horizon === JUDGED_HORIZON) ?? horizons[0]
  return [
    {
      what: `${subject}: the sweep's query, p99`,
      value: largest?.p99 ?? null,
      unit: 'ms',
      target: QUERY_MS,
      compare: 'at most',
    },
    {
      what: `${subject}: the sweep's query, largest table against smallest`,
      value: due.length > 1 && largest && smallest ? largest.p50 / smallest.p50 : null,
      unit: '',
      target: GROWTH,
      compare: 'at most',
    },
    {
      what: `${subject}: start-up to ready and at work`,
      value: horizons.length === 0 ? null : Math.max(...horizons.map((run) => Math.max(run.readyMs, run.workingMs))),
      unit: 'ms',
      target: START_MS,
      compare: 'at most',
    },
    {
      what: `${subject}: worker memory, horizon ${judged?.horizon}`,
      value: judged?.workerMb ?? null,
      unit: 'MB',
      target: MEMORY_MB,
      compare: 'at most',
    },
    {
      what: `${subject}: Redis, horizon ${judged?.horizon}`,
      value: judged?.redisMb ?? null,
      unit: 'MB',
      target: REDIS_MB,
      compare: 'at most',
    },
  ]
}

import type { DatabaseName, SigningName } from '../options.ts'
import { type BenchDatabase, postgresDatabase } from './bench-database.ts'
import { type Cleanup, withCleanup } from './cleanup.ts'
import { type DueRun, placeholderDue, runDue, startWorkers } from './due-run.ts'
import { createBenchHarness } from './harness.ts'
import { DAY, makeLessons } from './make-lessons.ts'
import type { Context } from './measure.ts'
import { startRelay } from './relay.ts'
import { type Sink, startSink } from './smtp-tools.ts'

/** Enough to include every track, overlay and name. */
const SAMPLE = 70
const WARM_UP = 20_000

const sampled = new WeakMap<Context, number>()

/** Seeds, starts the workers, makes the lessons due, waits until all are recorded, and cleans up. */
export async function sendLessons(
  context: Context,
  run: {
    readonly signing: SigningName
    /** Default: SQLite. */
    readonly database?: DatabaseName
    readonly messages?: number
    /** Lessons sent before measuring; default: warmUpFor(messages). */
    readonly warmUp?: number
    readonly workers?: number
    readonly smtpPort?: (sinkPort: number, cleanup: Cleanup, folder: string) => Promise<number>
    readonly nodeOptions?: readonly string[]
    /** Called while the workers are idle: just before the lessons are planned, and after the last is recorded. */
    readonly around?: (sink: Sink, database: BenchDatabase) => Promise<void>
  },
): Promise<DueRun> {
  const { options, progress } = context
  const messages = run.messages ?? options.messages
  const warmUp = run.warmUp ?? warmUpFor(messages)
  const count = run.workers ?? 1
  return withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const smtpPort = (await run.smtpPort?.(sink.port, cleanup, context.dataFolder)) ?? sink.port
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort,
      signing: run.signing,
      ...(run.database === 'postgres' && { database: await postgresDatabase(context, cleanup) }),
      settings: await workerSettings(context, count),
    })
    const placeholder = await seedDue(harness.database, messages, warmUp)
    const workers = await startWorkers(cleanup, harness, {
      count,
      nodeOptions: run.nodeOptions ?? [],
    })
    if (warmUp > 0)
      await runDue(cleanup, { harness, workers, placeholder: warmUpPlaceholder(placeholder), messages: warmUp, sink })
    await run.around?.(sink, harness.database)
    const result = await runDue(cleanup, {
      harness,
      workers,
      placeholder,
      messages,
      sink,
      onProgress: (done) => progress.at(done / messages),
    })
    await run.around?.(sink, harness.database)
    for (const worker of workers) await worker.stop()
    return result
  })
}

/** Seeds enrolments whose lesson the run makes due, and returns their placeholder due time, ms UTC. */
export async function seedDue(database: BenchDatabase, messages: number, warmUp = 0): Promise<number> {
  const now = Date.now()
  const placeholder = placeholderDue(now)
  const enrolments = messages + warmUp
  await database.seed({
    enrolments,
    openable: enrolments,
    next: (index) => ({ day: DAY, dueAt: index < warmUp ? warmUpPlaceholder(placeholder) : placeholder }),
    now,
  })
  return placeholder
}

/** Lessons sent before measuring, while a new worker's code is still being compiled. */
export const warmUpFor = (messages: number): number => Math.min(WARM_UP, 2 * messages)

/** The placeholder due time of the warm-up lessons. */
export const warmUpPlaceholder = (placeholder: number): number => placeholder + 1

/** Settings of sending workers as an operator would choose them; the connections are divided among them. */
export async function workerSettings({ options, dataFolder }: Context, workers = 1): Promise<Record<string, string>> {
  return {
    BENCH_LESSONS: await makeLessons(dataFolder),
    CONCURRENCY: String(options.concurrency),
    SMTP_CONNECTIONS: String(Math.ceil(options.connections / workers)),
    // The benchmark plans the lessons of the run itself, just before they are due.
    PLANNING_HORIZON: '15m',
  }
}

/** Average size of a message on the wire over all tracks and names, for the reference to use. */
export async function sampleBytes(context: Context): Promise<number> {
  const known = sampled.get(context)
  if (known !== undefined) return known
  context.progress.step('the size of a message')
  let bytes = 0
  await withCleanup(context.cleanup, async (outer) => {
    let ask: () => Promise<{ messages: number; bytes: number }> = async () => ({ messages: 1, bytes: 0 })
    await sendLessons(context, {
      signing: 'none',
      messages: SAMPLE,
      warmUp: 0,
      smtpPort: async (upstream, _, cwd) => {
        const relay = await startRelay(outer, { upstream, cwd })
        ask = relay.counts
        return relay.port
      },
    })
    const counts = await ask()
    bytes = Math.round(counts.bytes / counts.messages)
  })
  context.progress.done()
  sampled.set(context, bytes)
  return bytes
}

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqliteDatabase } from '../parts/bench-database.ts'
import type { Child } from '../parts/child-process.ts'
import { withCleanup } from '../parts/cleanup.ts'
import { type DueRun, runDue, startWorkers } from '../parts/due-run.ts'
import { createBenchHarness, webAddress } from '../parts/harness.ts'
import { type LoadReport, startLoad } from '../parts/load.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { waitUntilReady } from '../parts/readiness.ts'
import { seedSignUps } from '../parts/seed.ts'
import { seedDue, workerSettings } from '../parts/send-lessons.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { type Spread, spreadOf } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const TARGET_MS = 250
/** A light, constant load. */
const REQUESTS_PER_SECOND = 20
const WRITES_PER_SECOND = 20
const CONFIRMATIONS = 2_000

interface Waits {
  readonly 'sign-up': Spread
  readonly confirm: Spread
  readonly write: Spread
  readonly refused: number
}

/** How long writes wait while a worker records lessons at full speed in the same file. */
export async function measureTwoProcesses(context: Context): Promise<Measured> {
  const { options, progress } = context
  progress.step('two processes: quiet, then with a worker at full speed')
  const seen = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const settings = await workerSettings(context)
    const database = sqliteDatabase(join(context.dataFolder, 'two-processes.db'))
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings,
      database,
    })
    const placeholder = await seedDue(harness.database, options.messages)
    const tokens = seedSignUps(database.file, CONFIRMATIONS)
    const { port, url } = await webAddress()
    const web = harness.start('src/web.ts', { PORT: String(port) })
    const workers = await startWorkers(cleanup, harness, { count: 1 })
    await waitUntilReady(url, web)
    const load = await startLoad(cleanup, harness.folder)
    const writer = harness.start('bench/processes/store-writer.ts', {
      BENCH_DATABASE: database.file,
      BENCH_ENROLMENTS: String(options.messages),
      BENCH_PER_SECOND: String(WRITES_PER_SECOND),
    })

    const quietLoad = load.steady(port, REQUESTS_PER_SECOND, tokens.slice(0, CONFIRMATIONS / 2))
    await readWrites(writer)
    await sleep(options.seconds * 1_000)
    const quiet = waitsOf(await quietLoad.stop(), await readWrites(writer))

    let busyLoad: ReturnType<typeof load.steady> | null = null
    const run = await runDue(cleanup, {
      harness,
      workers,
      placeholder,
      messages: options.messages,
      sink,
      sharesSink: true,
      onDue: () => {
        busyLoad = load.steady(port, REQUESTS_PER_SECOND, tokens.slice(CONFIRMATIONS / 2))
        writer.tell({})
      },
      onProgress: (done) => progress.at(done / options.messages),
    })
    // Resets the figures before the lessons are due.
    await writer.said('writes')
    const report = await (busyLoad as ReturnType<typeof load.steady> | null)?.stop()
    const busy = waitsOf(report ?? null, await readWrites(writer))
    return { quiet, busy, run }
  })
  progress.done()
  return report(context, seen)
}

interface Writes {
  readonly times: readonly number[]
  readonly refused: number
}

async function readWrites(writer: Child): Promise<Writes> {
  writer.tell({})
  return (await writer.said<{ writes: Writes }>('writes')).writes
}

function waitsOf(load: LoadReport | null, writes: Writes): Waits {
  return {
    'sign-up': spreadOf(load?.times['sign-up'] ?? []),
    confirm: spreadOf(load?.times.confirm ?? []),
    write: spreadOf(writes.times),
    refused: (load?.refused ?? 0) + writes.refused,
  }
}

function report({ options }: Context, { quiet, busy, run }: { quiet: Waits; busy: Waits; run: DueRun }): Measured {
  const kinds = [
    ['sign-up', 'POST /sign-up'],
    ['confirm', 'POST /confirm'],
    ['write', 'progress, by the store of a third process'],
  ] as const
  const rows = (name: string, waits: Waits) =>
    kinds.map(([kind, what]) => {
      const { count, p50, p99, max } = waits[kind]
      return [name, what, figure(count, 0), figure(p50), figure(p99), figure(max)]
    })
  return {
    title: 'Two processes',
    tables: [
      {
        title: `Two processes, one file: how long writes wait, ms; ${REQUESTS_PER_SECOND} requests and ${WRITES_PER_SECOND} writes a second while ${figure(run.perSecond, 0)} lessons a second are recorded`,
        columns: ['', 'what', 'times', 'p50', 'p99', 'longest'],
        rows: [...rows('quiet', quiet), ...rows('sending', busy)],
      },
    ],
    checks: [
      ...kinds.map(([kind, what]) => ({
        what: `two processes: longest wait, ${what}`,
        value: busy[kind].count === 0 ? null : busy[kind].max,
        unit: 'ms',
        target: TARGET_MS,
        compare: 'at most' as const,
      })),
      {
        what: 'two processes: writes refused',
        value: quiet.refused + busy.refused,
        unit: '',
        target: 0,
        compare: 'at most',
      },
    ],
    plots: [
      {
        kind: 'bars',
        name: 'two-processes',
        title: 'Longest wait of a write while lessons are sent',
        yLabel: 'ms',
        bars: kinds.map(([kind]) => ({ name: kind, value: busy[kind].max || 0, target: TARGET_MS })),
      },
    ],
    facts: { quiet, busy, perSecond: run.perSecond, messages: options.messages },
    notes: [],
  }
}

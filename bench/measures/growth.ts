import { withCleanup } from '../parts/cleanup.ts'
import { type DueRun, runDue, startWorkers } from '../parts/due-run.ts'
import { createBenchHarness } from '../parts/harness.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { sendLessons, workerSettings } from '../parts/send-lessons.ts'
import { openSized, sizesUpTo } from '../parts/sized-database.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { median, rotated } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const WORKERS = [1, 2, 4] as const

/** Measures how the cost of sending grows with workers, and with learners whose lessons are not due. */
export async function measureGrowth(context: Context): Promise<Measured> {
  const { options, progress } = context
  const byWorkers = new Map<number, DueRun[]>(WORKERS.map((workers) => [workers, []]))
  for (let round = 0; round < options.rounds; round += 1) {
    for (const workers of rotated(WORKERS, round)) {
      progress.step(`growth, round ${round + 1} of ${options.rounds}: ${workers} workers`)
      byWorkers.get(workers)?.push(await sendLessons(context, { signing: 'none', workers }))
      progress.done()
    }
  }
  const bySize = new Map<number, DueRun>()
  for (const size of sizesUpTo(options.enrolments)) bySize.set(size, await sendAmong(context, size))
  return report(context, byWorkers, bySize)
}

async function sendAmong(context: Context, enrolments: number): Promise<DueRun> {
  const { progress } = context
  const sized = await openSized(context, enrolments)
  const messages = sized.apart.count
  progress.step(`growth: ${figure(messages, 0)} lessons among ${figure(enrolments, 0)} learners`)
  const run = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: await workerSettings(context),
      databaseFile: sized.file,
    })
    const workers = await startWorkers(cleanup, harness, { count: 1 })
    const { placeholder } = sized.apart
    const seen = await runDue(cleanup, {
      harness,
      workers,
      placeholder,
      messages,
      sink,
      onProgress: (done) => progress.at(done / messages),
    })
    for (const worker of workers) await worker.stop()
    return seen
  })
  sized.resetToPlanned(run.ids)
  progress.done()
  return run
}

function report(
  { options }: Context,
  byWorkers: ReadonlyMap<number, readonly DueRun[]>,
  bySize: ReadonlyMap<number, DueRun>,
): Measured {
  const rates = [...byWorkers].map(([workers, runs]) => [workers, median(runs.map((run) => run.perSecond))] as const)
  const alone = rates[0]?.[1] ?? Number.NaN
  const sizes = [...bySize].map(([size, run]) => [size, run.perSecond] as const)
  const smallest = sizes[0]?.[1] ?? Number.NaN
  return {
    title: 'How cost grows',
    tables: [
      {
        title: `Workers: ${figure(options.messages, 0)} lessons due at once, median of ${options.rounds}`,
        columns: ['workers', 'messages/s', 'against one'],
        rows: rates.map(([workers, rate]) => [String(workers), figure(rate, 0), figure(rate / alone)]),
      },
      {
        title: 'Learners: one worker, lessons due among so many others',
        columns: ['learners', 'lessons', 'messages/s', 'against the smallest', 'worker CPU ms', 'peak MB'],
        rows: [...bySize].map(([size, run]) => [
          figure(size, 0),
          figure(run.messages, 0),
          figure(run.perSecond, 0),
          figure(run.perSecond / smallest),
          figure(run.workerCpuPerMessage),
          figure(run.peakMb, 0),
        ]),
      },
    ],
    checks: [],
    plots: [
      {
        kind: 'bars',
        name: 'workers',
        title: 'Lessons a second by the number of workers',
        yLabel: 'messages a second',
        bars: rates.map(([workers, rate]) => ({ name: `${workers}`, value: rate })),
      },
      {
        kind: 'lines',
        name: 'learners',
        title: 'Lessons a second among so many learners',
        xLabel: 'learners',
        yLabel: 'messages a second',
        xScale: 'log',
        series: [{ name: 'one worker', points: sizes }],
      },
    ],
    facts: { byWorkers: Object.fromEntries(rates), bySize: Object.fromEntries(sizes) },
    notes: [],
  }
}

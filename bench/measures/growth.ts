import { DATABASE_NAMES, type DatabaseName } from '../options.ts'
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
/** Runs by number of workers, or of learners. */
type ByDatabase = ReadonlyMap<DatabaseName, Map<number, DueRun[]>>

/** Measures how the cost of sending grows with workers, and with learners whose lessons are not due. */
export async function measureGrowth(context: Context): Promise<Measured> {
  const { options, progress } = context
  const byWorkers: ByDatabase = new Map(
    options.databases.map((name) => [name, new Map(WORKERS.map((one) => [one, []]))]),
  )
  for (let round = 0; round < options.rounds; round += 1) {
    for (const workers of rotated(WORKERS, round)) {
      for (const database of rotated(options.databases, round)) {
        progress.step(
          `growth, round ${round + 1} of ${options.rounds}: ${workers} workers, ${DATABASE_NAMES[database]}`,
        )
        byWorkers
          .get(database)
          ?.get(workers)
          ?.push(await sendLessons(context, { signing: 'none', workers, database }))
        progress.done()
      }
    }
  }
  const bySize: ByDatabase = new Map(options.databases.map((name) => [name, new Map()]))
  for (const size of sizesUpTo(options.enrolments))
    for (const database of options.databases)
      bySize.get(database)?.set(size, [await sendAmong(context, size, database)])
  return report(context, byWorkers, bySize)
}

async function sendAmong(context: Context, enrolments: number, name: DatabaseName): Promise<DueRun> {
  const { progress } = context
  const sized = await openSized(context, enrolments, name)
  const messages = sized.apart.count
  progress.step(
    `growth: ${figure(messages, 0)} lessons among ${figure(enrolments, 0)} learners, ${DATABASE_NAMES[name]}`,
  )
  const run = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: await workerSettings(context),
      database: sized.database,
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
  await sized.resetToPlanned(run.ids)
  progress.done()
  return run
}

const rateOf = (runs: readonly DueRun[] | undefined) => median((runs ?? []).map((run) => run.perSecond))

function report({ options }: Context, byWorkers: ByDatabase, bySize: ByDatabase): Measured {
  const rates = (runs: ByDatabase) =>
    [...runs].flatMap(([name, of]) => {
      const smallest = rateOf([...of.values()][0])
      return [...of].map(([count, list]) => {
        const rate = rateOf(list)
        return {
          name,
          count,
          list,
          rate,
          growth: rate / smallest,
          share: rate / rateOf(runs.get('sqlite')?.get(count)),
        }
      })
    })
  const workers = rates(byWorkers)
  const sizes = rates(bySize)
  const points = (name: DatabaseName) =>
    sizes.filter((one) => one.name === name).map(({ count, rate }) => [count, rate] as const)
  return {
    title: 'How cost grows',
    tables: [
      {
        title: `Workers: ${figure(options.messages, 0)} lessons due at once, median of ${options.rounds}`,
        columns: ['database', 'workers', 'messages/s', 'against one', 'against SQLite'],
        rows: workers.map(({ name, count, rate, growth, share }) => [
          DATABASE_NAMES[name],
          String(count),
          figure(rate, 0),
          figure(growth),
          figure(share),
        ]),
      },
      {
        title: 'Learners: one worker, lessons due among so many others',
        columns: [
          'database',
          'learners',
          'lessons',
          'messages/s',
          'against the smallest',
          'against SQLite',
          'worker CPU ms',
          'database CPU ms',
          'peak MB',
        ],
        rows: sizes.map(({ name, count, list: [run], rate, growth, share }) => [
          DATABASE_NAMES[name],
          figure(count, 0),
          figure(run?.messages ?? null, 0),
          figure(rate, 0),
          figure(growth),
          figure(share),
          figure(run?.workerCpuPerMessage ?? null),
          figure(run?.databaseCpuPerMessage ?? null),
          figure(run?.peakMb ?? null, 0),
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
        bars: workers.map(({ name, count, rate }) => ({
          name: name === 'sqlite' ? `${count}` : `${count}, ${DATABASE_NAMES[name]}`,
          value: rate,
        })),
      },
      {
        kind: 'lines',
        name: 'learners',
        title: 'Lessons a second among so many learners',
        xLabel: 'learners',
        yLabel: 'messages a second',
        xScale: 'log',
        series: options.databases.map((name) => ({
          name: `one worker, ${DATABASE_NAMES[name]}`,
          points: points(name),
        })),
      },
    ],
    facts: {
      byWorkers: workers.map(({ name, count, rate }) => ({ database: name, workers: count, rate })),
      bySize: sizes.map(({ name, count, rate }) => ({ database: name, learners: count, rate })),
    },
    notes: [],
  }
}

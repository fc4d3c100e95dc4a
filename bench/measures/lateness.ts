import { type Cleanup, withCleanup } from '../parts/cleanup.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { startRelay } from '../parts/relay.ts'
import { sampleBytes, sendLessons } from '../parts/send-lessons.ts'
import { runSource, startSink } from '../parts/smtp-tools.ts'
import { percentile } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const TARGET = 1.25
/** Duration of the run that measures the relay's own throughput. */
const PROBE_SECONDS = 5

/** Measures how late the last of many lessons due in the same minute is, with a relay of limited throughput. */
export async function measureLateness(context: Context): Promise<Measured> {
  const { options, progress } = context
  const bytes = await sampleBytes(context)
  const limited = async (upstream: number, cleanup: Cleanup, cwd: string) =>
    (await startRelay(cleanup, { upstream, dotsPerSecond: options.rate, cwd })).port

  progress.step('lateness: what the relay takes')
  const relayRate = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const port = await limited(sink.port, cleanup, context.dataFolder)
    const messages = Math.min(options.late, options.rate * PROBE_SECONDS)
    const { connections } = options
    const ms = await runSource(cleanup, { port, messages, connections, bytes, cwd: context.dataFolder })
    return (messages * 1_000) / ms
  })
  progress.done()

  progress.step(`lateness: ${options.late} lessons due at the same minute`)
  const run = await sendLessons(context, { signing: 'none', messages: options.late, smtpPort: limited })
  progress.done()

  const best = (options.late * 1_000) / Math.min(options.rate, relayRate)
  const late = (share: number) => percentile(run.lateness, share) / 1_000
  const ratio = (late(1) * 1_000) / best
  const sorted = [...run.lateness].sort((one, other) => one - other)
  const curve = Array.from({ length: 101 }, (_, index) => {
    const rank = Math.min(sorted.length - 1, Math.round((index / 100) * (sorted.length - 1)))
    return [(sorted[rank] ?? 0) / 1_000, rank + 1] as const
  })
  return {
    title: 'Lateness',
    tables: [
      {
        title: `Lateness: ${figure(options.late, 0)} lessons due at the same minute, a relay that takes ${figure(options.rate, 0)} a second (smtp-source: ${figure(relayRate, 0)})`,
        columns: ['best possible s', 'half by s', '90% by s', '99% by s', 'last s', 'last against best'],
        rows: [
          [
            figure(best / 1_000),
            figure(late(0.5)),
            figure(late(0.9)),
            figure(late(0.99)),
            figure(late(1)),
            figure(ratio),
          ],
        ],
      },
    ],
    checks: [
      {
        what: 'lateness: last lesson against the best possible',
        value: ratio,
        unit: '',
        target: TARGET,
        compare: 'at most',
      },
    ],
    plots: [
      {
        kind: 'lines',
        name: 'lateness',
        title: 'Lessons recorded after their due time',
        xLabel: 'seconds since due',
        yLabel: 'lessons',
        xScale: 'linear',
        series: [
          { name: 'ours', points: curve },
          {
            name: 'best possible',
            points: [
              [0, 0],
              [best / 1_000, options.late],
            ],
          },
        ],
      },
    ],
    facts: { bytes, relayRate, bestMs: best, lastMs: late(1) * 1_000, perSecond: run.perSecond, peakMb: run.peakMb },
    notes: [],
  }
}

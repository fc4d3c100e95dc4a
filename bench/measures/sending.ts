import type { SigningName } from '../options.ts'
import type { DueRun } from '../parts/due-run.ts'
import type { Check, Context, Measured } from '../parts/measure.ts'
import { sampleBytes, sendLessons } from '../parts/send-lessons.ts'
import { runSource, type Sink } from '../parts/smtp-tools.ts'
import { mean, median, rotated } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const VARIANTS: readonly { readonly signing: SigningName; readonly name: string; readonly target: number }[] = [
  { signing: 'none', name: 'unsigned', target: 0.6 },
  { signing: 'rsa', name: 'RSA-2048', target: 0.35 },
  { signing: 'ed25519', name: 'Ed25519', target: 0.45 },
]
const MEMORY_MB = 200
const CPU_MS = 0.35

/** A run with smtp-source's throughput just before and just after it. */
interface ComparedRun extends DueRun {
  readonly reference: readonly number[]
}

/**
 * Lessons per second from due to recorded with one worker, compared with smtp-source on the same sink. The speed of a
 * shared machine may halve within minutes, so each run has its own reference before and after it.
 */
export async function measureSending(context: Context): Promise<Measured> {
  const { options, progress } = context
  const bytes = await sampleBytes(context)
  const runs = new Map<SigningName, ComparedRun[]>(options.signing.map((signing) => [signing, []]))

  for (let round = 0; round < options.rounds; round += 1) {
    for (const signing of rotated(options.signing, round)) {
      progress.step(`sending, round ${round + 1} of ${options.rounds}: ${signing}`)
      const reference: number[] = []
      const around = async (sink: Sink) => void reference.push(await sendByReference(context, sink, bytes))
      const run = await sendLessons(context, { signing, around })
      runs.get(signing)?.push({ ...run, reference })
      progress.done()
    }
  }
  return report(context, bytes, runs)
}

/** Messages per second. */
async function sendByReference(context: Context, sink: Sink, bytes: number): Promise<number> {
  const { connections, messages } = context.options
  const before = sink.count()
  const ms = await runSource(context.cleanup, {
    port: sink.port,
    messages,
    connections,
    bytes,
    cwd: context.dataFolder,
  })
  const sinkCount = sink.count() - before
  if (sinkCount !== messages) throw new Error(`smtp-source sent ${messages}, but smtp-sink counts ${sinkCount}.`)
  return (messages * 1_000) / ms
}

function report({ options }: Context, bytes: number, runs: ReadonlyMap<SigningName, readonly ComparedRun[]>): Measured {
  const limit = median([...runs.values()].flat().flatMap(({ reference }) => reference))
  const rows = VARIANTS.filter(({ signing }) => runs.has(signing)).map(({ signing, name, target }) => {
    const of = runs.get(signing) ?? []
    const ratio = median(of.map(({ perSecond, reference }) => perSecond / mean(reference)))
    const known = (values: (number | null)[]) => {
      const numbers = values.filter((value) => value !== null)
      return numbers.length === 0 ? null : median(numbers)
    }
    return {
      signing,
      name,
      target,
      ratio,
      perSecond: median(of.map((run) => run.perSecond)),
      cpu: known(of.map((run) => run.cpuPerMessage)),
      memory: known(of.map((run) => run.memoryMb)),
      peak: known(of.map((run) => run.peakMb)),
    }
  })
  const checks: Check[] = rows.map(({ name, ratio, target }) => ({
    what: `sending, ${name}: share of smtp-source`,
    value: ratio,
    unit: '',
    target,
    compare: 'at least',
  }))
  const unsigned = rows.find(({ signing }) => signing === 'none')
  checks.push(
    {
      what: 'sending: worker memory',
      value: unsigned?.peak ?? null,
      unit: 'MB',
      target: MEMORY_MB,
      compare: 'at most',
    },
    {
      what: 'sending: worker CPU a message',
      value: unsigned?.cpu ?? null,
      unit: 'ms',
      target: CPU_MS,
      compare: 'at most',
    },
  )
  return {
    title: 'Sending',
    tables: [
      {
        title: `Sending: ${figure(options.messages, 0)} lessons of ${figure(bytes, 0)} bytes due at once, one worker, ${options.connections} connections, ${options.concurrency} at a time, median of ${options.rounds}`,
        columns: ['', 'messages/s', 'share', 'target', 'worker CPU ms', 'memory MB', 'peak MB'],
        rows: [
          ['smtp-source', figure(limit, 0), '1.00', '', '', '', ''],
          ...rows.map((row) => [
            row.name,
            figure(row.perSecond, 0),
            figure(row.ratio),
            figure(row.target),
            figure(row.cpu),
            figure(row.memory, 0),
            figure(row.peak, 0),
          ]),
        ],
      },
    ],
    checks,
    plots: [
      {
        kind: 'bars',
        name: 'sending',
        title: 'Lessons a second from due to recorded, one worker',
        yLabel: 'messages a second',
        bars: [
          { name: 'smtp-source', value: limit },
          ...rows.map(({ name, perSecond, target }) => ({ name, value: perSecond, target: target * limit })),
        ],
      },
    ],
    facts: {
      bytes,
      runs: Object.fromEntries(
        [...runs].map(([signing, list]) => [signing, list.map(({ lateness: _, ids: __, ...run }) => run)]),
      ),
    },
    notes: [
      'smtp-source keeps its connections open (-d), which nearly doubles it.',
      'A share is held against what smtp-source sends just before and just after that run; its own figure is the median of all.',
      'CPU and memory are those of the worker process with all its threads; the peak is since it began.',
    ],
  }
}

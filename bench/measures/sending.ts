import type { SigningName } from '../options.ts'
import { closingAfter } from '../parts/cleanup.ts'
import type { DueRun } from '../parts/due-run.ts'
import type { Check, Context, Measured } from '../parts/measure.ts'
import { sampleBytes, sendLessons } from '../parts/send-lessons.ts'
import { runSource, startSink } from '../parts/smtp-tools.ts'
import { inTurn, median } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const VARIANTS: readonly { readonly signing: SigningName; readonly name: string; readonly target: number }[] = [
  { signing: 'none', name: 'unsigned', target: 0.6 },
  { signing: 'rsa', name: 'RSA-2048', target: 0.35 },
  { signing: 'ed25519', name: 'Ed25519', target: 0.45 },
]
const MEMORY_MB = 200
const CPU_MS = 0.35

/** Lessons a second from due to recorded, one worker, against what smtp-source pushes into the same sink. */
export async function measureSending(context: Context): Promise<Measured> {
  const { options, progress } = context
  const bytes = await sampleBytes(context)
  const reference: number[] = []
  const runs = new Map<SigningName, DueRun[]>(options.signing.map((signing) => [signing, []]))
  const candidates = ['reference', ...options.signing] as const

  for (let round = 0; round < options.rounds; round += 1) {
    for (const candidate of inTurn(candidates, round)) {
      progress.step(`sending, round ${round + 1} of ${options.rounds}: ${candidate}`)
      if (candidate === 'reference') reference.push(await sendByReference(context, options.messages, bytes))
      else runs.get(candidate)?.push(await sendLessons(context, { signing: candidate }))
      progress.done()
    }
  }
  return report(context, bytes, reference, runs)
}

async function sendByReference(context: Context, messages: number, bytes: number): Promise<number> {
  return closingAfter(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const { connections } = context.options
    const ms = await runSource(cleanup, { port: sink.port, messages, connections, bytes, cwd: context.dataFolder })
    if (sink.count() !== messages)
      throw new Error(`smtp-source sent ${messages}, but smtp-sink counts ${sink.count()}.`)
    return (messages * 1_000) / ms
  })
}

function report(
  { options }: Context,
  bytes: number,
  reference: readonly number[],
  runs: ReadonlyMap<SigningName, readonly DueRun[]>,
): Measured {
  const limit = median(reference)
  const rows = VARIANTS.filter(({ signing }) => runs.has(signing)).map(({ signing, name, target }) => {
    const of = runs.get(signing) ?? []
    // Each round against the reference of the same round: the machine drifts.
    const ratio = median(of.map((run, round) => run.perSecond / (reference[round] ?? Number.NaN)))
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
      reference,
      runs: Object.fromEntries(
        [...runs].map(([signing, list]) => [signing, list.map(({ lateness: _, ids: __, ...run }) => run)]),
      ),
    },
    notes: [
      'smtp-source keeps its connections open (-d), which nearly doubles it.',
      'CPU and memory are those of the worker process with all its threads; the peak is since it began.',
    ],
  }
}

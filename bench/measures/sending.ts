import type { SigningName } from '../options.ts'
import { type Bed, createBed } from '../parts/bed.ts'
import { type Cleanup, closingAfter } from '../parts/cleanup.ts'
import { type DueRun, placeholderDue, runDue, startWorkers } from '../parts/due-run.ts'
import { DAY, makeLessons } from '../parts/lessons.ts'
import type { Check, Context, Measured } from '../parts/measure.ts'
import { startRelay } from '../parts/relay.ts'
import { seed } from '../parts/seed.ts'
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
/** Enough to meet every track, overlay and name. */
const SAMPLE = 70

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
      else runs.get(candidate)?.push(await sendByService(context, { signing: candidate }))
      progress.done()
    }
  }
  return report(context, bytes, reference, runs)
}

/** Seeds, starts the workers, makes the lessons due, waits for the last to be recorded, and clears up. */
export async function sendByService(
  context: Context,
  run: {
    readonly signing: SigningName
    readonly messages?: number
    readonly enrolments?: number
    readonly workers?: number
    readonly smtpPort?: (sinkPort: number, cleanup: Cleanup, folder: string) => Promise<number>
    readonly nodeOptions?: readonly string[]
    /** After the last is recorded and before anything is closed. */
    readonly after?: (bed: Bed) => Promise<void>
  },
): Promise<DueRun> {
  const { options, progress } = context
  const messages = run.messages ?? options.messages
  return closingAfter(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const smtpPort = (await run.smtpPort?.(sink.port, cleanup, context.dataFolder)) ?? sink.port
    const bed = await createBed(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort,
      signing: run.signing,
      settings: await workerSettings(context),
    })
    const placeholder = await seedDue(bed.databaseFile, messages, run.enrolments ?? messages)
    const workers = await startWorkers(cleanup, bed, { count: run.workers ?? 1, nodeOptions: run.nodeOptions ?? [] })
    const result = await runDue(cleanup, {
      bed,
      workers,
      placeholder,
      messages,
      sink,
      onProgress: (done) => progress.at(done / messages),
    })
    await run.after?.(bed)
    for (const worker of workers) await worker.stop()
    return result
  })
}

/** Enrolments of whom the first `messages` get a lesson when the run makes it due; gives the instant they wait for. */
export async function seedDue(file: string, messages: number, enrolments: number): Promise<number> {
  const now = Date.now()
  const placeholder = placeholderDue(now)
  // The week of all others lies behind and before the run, so that nothing of it is due meanwhile.
  await seed(file, {
    enrolments: Math.max(enrolments, messages),
    openable: messages,
    next: (number) =>
      number < messages
        ? { day: DAY, dueAt: placeholder }
        : { day: 1 + (number % 7), dueAt: now + 12 * 3_600_000 + (number % 36_000) * 1_000 },
    now,
  })
  return placeholder
}

export async function workerSettings({ options, dataFolder }: Context): Promise<Record<string, string>> {
  return {
    BENCH_LESSONS: await makeLessons(dataFolder),
    CONCURRENCY: String(options.concurrency),
    SMTP_CONNECTIONS: String(options.connections),
    // The lessons of the run are planned by the bench, just before they are due.
    PLANNING_HORIZON: '15m',
  }
}

export async function sendByReference(context: Context, messages: number, bytes: number): Promise<number> {
  return closingAfter(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const { connections } = context.options
    const ms = await runSource(cleanup, { port: sink.port, messages, connections, bytes, cwd: context.dataFolder })
    if (sink.count() !== messages)
      throw new Error(`smtp-source sent ${messages}, but smtp-sink counts ${sink.count()}.`)
    return (messages * 1_000) / ms
  })
}

/** Bytes of a message on the wire, on average over every track and name: the reference sends as many. */
export async function sampleBytes(context: Context): Promise<number> {
  const known = sampled.get(context)
  if (known !== undefined) return known
  context.progress.step('sending: the size of a message')
  let bytes = 0
  await closingAfter(context.cleanup, async (outer) => {
    let ask: () => Promise<{ messages: number; bytes: number }> = async () => ({ messages: 1, bytes: 0 })
    await sendByService(context, {
      signing: 'none',
      messages: SAMPLE,
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

const sampled = new WeakMap<Context, number>()

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

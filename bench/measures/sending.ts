import { setTimeout as sleep } from 'node:timers/promises'
import { DATABASE_NAMES, type DatabaseName, type SigningName } from '../options.ts'
import { withCleanup } from '../parts/cleanup.ts'
import type { DueRun } from '../parts/due-run.ts'
import type { Check, Context, Measured } from '../parts/measure.ts'
import { startPostfix, whyNoPostfix } from '../parts/postfix.ts'
import { sampleBytes, sendLessons } from '../parts/send-lessons.ts'
import { runSource, type Sink, startSink } from '../parts/smtp-tools.ts'
import { mean, median, rotated } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const VARIANTS: readonly { readonly signing: SigningName; readonly name: string; readonly target: number }[] = [
  { signing: 'none', name: 'unsigned', target: 0.55 },
  { signing: 'rsa', name: 'RSA-2048', target: 0.33 },
  { signing: 'ed25519', name: 'Ed25519', target: 0.47 },
]
const LOWEST_SHARE = 0.48
const MEMORY_MB = 200
const CPU_MS = 0.3
/** What Postgres sends, as a share of what SQLite sends in the same round. */
const POSTGRES_SHARE = 0.6
const STILL_LIMIT_MS = 60_000

/** A run with smtp-source's throughput just before and just after it. */
interface Compared {
  readonly perSecond: number
  readonly reference: readonly number[]
}

type ComparedRun = DueRun & Compared

/** Runs with this signature on this database, one a round. */
interface Kind {
  readonly signing: SigningName
  readonly database: DatabaseName
  readonly runs: ComparedRun[]
}

/**
 * Lessons per second from due to recorded with one worker, compared with smtp-source on the same sink. The speed of a
 * shared machine may halve within minutes, so each run has its own reference before and after it.
 */
export async function measureSending(context: Context): Promise<Measured> {
  const { options, progress } = context
  const bytes = await sampleBytes(context)
  const postfix: Compared[] = []
  const kinds: readonly Kind[] = options.signing.flatMap((signing) =>
    options.databases.map((database) => ({ signing, database, runs: [] })),
  )

  for (let round = 0; round < options.rounds; round += 1) {
    for (const { signing, database, runs } of rotated(kinds, round)) {
      progress.step(`sending, round ${round + 1} of ${options.rounds}: ${signing}, ${DATABASE_NAMES[database]}`)
      const reference: number[] = []
      const around = async (sink: Sink) => void reference.push(await sendByReference(context, sink, bytes))
      const run = await sendLessons(context, { signing, database, around })
      runs.push({ ...run, reference })
      progress.done()
    }
    if (whyNoPostfix() !== null) continue
    progress.step(`sending, round ${round + 1} of ${options.rounds}: Postfix`)
    postfix.push(await sendByPostfix(context, bytes))
    progress.done()
  }
  return report(context, bytes, kinds, postfix)
}

/** From the first message handed to Postfix until the sink has all of them. */
async function sendByPostfix(context: Context, bytes: number): Promise<Compared> {
  const { messages, connections } = context.options
  return withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const folder = context.dataFolder
    const postfix = await startPostfix(cleanup, { smtpPort: sink.port, connections })
    const submit = (count: number) =>
      runSource(cleanup, { port: postfix.port, messages: count, connections, bytes, cwd: folder })
    // Postfix starts its processes with the first messages.
    await submit(2 * connections)
    await countReached(sink, 2 * connections)
    const before = await sendByReference(context, sink, bytes)
    const wanted = sink.count() + messages
    const startedAt = performance.now()
    await submit(messages)
    await countReached(sink, wanted)
    const perSecond = (messages * 1_000) / (performance.now() - startedAt)
    return { perSecond, reference: [before, await sendByReference(context, sink, bytes)] }
  })
}

async function countReached(sink: Sink, wanted: number): Promise<void> {
  let [count, movedAt] = [sink.count(), performance.now()]
  while (count < wanted) {
    await sleep(10)
    const now = sink.count()
    if (now !== count) movedAt = performance.now()
    count = now
    if (performance.now() - movedAt > STILL_LIMIT_MS) throw new Error(`Postfix stopped at ${count} of ${wanted}.`)
  }
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

const NOTHING: Compared = { perSecond: Number.NaN, reference: [] }

const shareOf = ({ perSecond, reference }: Compared): number => perSecond / mean(reference)

function report({ options }: Context, bytes: number, kinds: readonly Kind[], postfix: readonly Compared[]): Measured {
  const limit = median([...kinds.map(({ runs }) => runs), postfix].flat().flatMap(({ reference }) => reference))
  const rows = kinds.map(({ signing, database, runs: of }) => {
    const { name: signed, target } = VARIANTS.find((one) => one.signing === signing) as (typeof VARIANTS)[number]
    const onSqlite = kinds.find((one) => one.signing === signing && one.database === 'sqlite')?.runs ?? []
    const ratio = median(of.map(shareOf))
    const known = (values: (number | null)[]) => {
      const numbers = values.filter((value) => value !== null)
      return numbers.length === 0 ? null : median(numbers)
    }
    return {
      signing,
      database,
      name: database === 'sqlite' ? signed : `${signed}, ${DATABASE_NAMES[database]}`,
      target: database === 'sqlite' ? target : null,
      ratio,
      againstSqlite: median(of.map((run, round) => shareOf(run) / shareOf(onSqlite[round] ?? NOTHING))),
      perSecond: median(of.map((run) => run.perSecond)),
      lowest: Math.min(...of.map(shareOf)),
      workerCpu: known(of.map((run) => run.workerCpuPerMessage)),
      databaseCpu: known(of.map((run) => run.databaseCpuPerMessage)),
      cpu: known(of.map((run) => run.cpuPerMessage)),
      memory: known(of.map((run) => run.memoryMb)),
      peak: known(of.map((run) => run.peakMb)),
    }
  })
  const checks: Check[] = rows.map(({ name, ratio, target, againstSqlite }) => ({
    what: `sending, ${name}: share of ${target === null ? 'SQLite' : 'smtp-source'}`,
    value: target === null ? againstSqlite : ratio,
    unit: '',
    target: target ?? POSTGRES_SHARE,
    compare: 'at least',
  }))
  const unsigned = rows.find(({ signing, database }) => signing === 'none' && database === 'sqlite')
  if (unsigned !== undefined)
    checks.push({
      what: 'sending, unsigned: lowest share of a round',
      value: unsigned.lowest,
      unit: '',
      target: LOWEST_SHARE,
      compare: 'at least',
    })
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
      value: unsigned?.workerCpu ?? null,
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
        columns: [
          '',
          'messages/s',
          'share',
          'lowest',
          'target',
          'against SQLite',
          'worker CPU ms',
          'database CPU ms',
          'CPU a message ms',
          'memory MB',
          'peak MB',
        ],
        rows: [
          ['smtp-source', figure(limit, 0), '1.00', ...Array(8).fill('')],
          ...rows.map((row) => [
            row.name,
            figure(row.perSecond, 0),
            figure(row.ratio),
            figure(row.lowest),
            row.target === null ? '' : figure(row.target),
            figure(row.againstSqlite),
            figure(row.workerCpu),
            figure(row.databaseCpu),
            figure(row.cpu),
            figure(row.memory, 0),
            figure(row.peak, 0),
          ]),
          [
            'Postfix, durable queue',
            figure(median(postfix.map(({ perSecond }) => perSecond)), 0),
            figure(median(postfix.map(shareOf))),
            figure(postfix.length === 0 ? null : Math.min(...postfix.map(shareOf))),
            ...Array(7).fill(''),
          ],
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
          ...(postfix.length === 0 ? [] : [{ name: 'Postfix', value: median(postfix.map((run) => run.perSecond)) }]),
          ...rows.map(({ name, perSecond, target }) => ({
            name,
            value: perSecond,
            ...(target !== null && { target: target * limit }),
          })),
        ],
      },
    ],
    facts: {
      bytes,
      runs: Object.fromEntries(
        options.databases.map((name) => [
          name,
          Object.fromEntries(
            kinds
              .filter(({ database }) => database === name)
              .map(({ signing, runs }) => [signing, runs.map(({ lateness: _, ids: __, ...run }) => run)]),
          ),
        ]),
      ),
      postfix,
    },
    notes: [
      'smtp-source keeps its connections open (-d), which nearly doubles it.',
      'A share is held against what smtp-source sends just before and just after that run; its own figure is the median of all.',
      'Against SQLite compares the two shares of a round, since the machine may be slower during one of them.',
      'Worker CPU and memory are those of the worker process with all its threads; the peak is since it began.',
      'CPU a message is that of the worker, of Redis and of the database server together.',
      'Durability: the service commits three steps of each lesson (claim, handover, result) with an fsync and sends it once;',
      'Postfix fsyncs each message into its queue when it accepts it, and forgets the result: after a power cut it may send again.',
      ...(postfix.length === 0 ? [`Postfix was not measured: ${whyNoPostfix() ?? 'no round'}.`] : []),
    ],
  }
}

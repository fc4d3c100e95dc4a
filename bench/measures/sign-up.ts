import { withCleanup } from '../parts/cleanup.ts'
import { runDue, startWorkers } from '../parts/due-run.ts'
import { createBenchHarness, webAddress } from '../parts/harness.ts'
import { type LoadReport, startLoad } from '../parts/load.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { waitUntilReady } from '../parts/readiness.ts'
import { seedDue, warmUpFor, warmUpPlaceholder, workerSettings } from '../parts/send-lessons.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { median, rotated, spreadOf } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const CONNECTIONS = 50
const SHARE = 0.5
const P99_MS = 100
const BLOCKED_MS = 20
const P99_WHILE_SENDING_MS = 60
/** Load while lessons are sent and the event loop is monitored. */
const REQUESTS_PER_SECOND = 20
/** Deliveries at a time of a process that serves the site too, as docs/operating.md recommends. */
const CONCURRENCY_BESIDE_SITE = 20

type Candidate = 'plain' | 'ours'

interface Seen {
  readonly perSecond: number
  readonly report: LoadReport
}

/**
 * Sign-ups per second compared with the same Express and one durable insert, and how long sending blocks a shared event
 * loop.
 */
export async function measureSignUp(context: Context): Promise<Measured> {
  const { options, progress } = context
  const seen: Record<Candidate, Seen[]> = { plain: [], ours: [] }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const candidate of rotated(['plain', 'ours'] as const, round)) {
      progress.step(`sign-up, round ${round + 1} of ${options.rounds}: ${candidate}`)
      seen[candidate].push(await flood(context, candidate))
      progress.done()
    }
  }
  progress.step('sign-up: the event loop while lessons are sent')
  const loop = await watchLoop(context)
  progress.done()
  return report(context, seen, loop)
}

async function flood(context: Context, candidate: Candidate): Promise<Seen> {
  return withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: {},
    })
    const { port, url } = await webAddress()
    const script = candidate === 'ours' ? 'src/web.ts' : 'bench/processes/plain-server.ts'
    await waitUntilReady(url, harness.start(script, { PORT: String(port) }))
    const load = await startLoad(cleanup, harness.folder)
    // Warms up the just-in-time compiler, as on a server that has run for a minute.
    await load.flood(port, CONNECTIONS, 1)
    const report = await load.flood(port, CONNECTIONS, context.options.seconds)
    return { perSecond: (report.times['sign-up'].length * 1_000) / report.ms, report }
  })
}

interface Loop {
  readonly max: number
  readonly p99: number
  readonly perSecond: number
  /** Of the sign-ups meanwhile, ms. */
  readonly signUpP99: number
}

async function watchLoop(context: Context): Promise<Loop> {
  const { options, progress } = context
  return withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const settings = await workerSettings(context)
    const harness = await createBenchHarness(cleanup, { dataFolder: context.dataFolder, smtpPort: sink.port, settings })
    const warmUp = warmUpFor(options.messages)
    const placeholder = await seedDue(harness.database, options.messages, warmUp)
    const { port } = await webAddress()
    const both = {
      script: 'bench/processes/web-and-worker.ts',
      settings: { PORT: String(port), CONCURRENCY: String(CONCURRENCY_BESIDE_SITE) },
    }
    const [service] = await startWorkers(cleanup, harness, { count: 1, ...both })
    if (!service) throw new Error('The service does not start.')
    const warm = { placeholder: warmUpPlaceholder(placeholder), messages: warmUp }
    await runDue(cleanup, { harness, workers: [service], sink, ...warm })
    const load = await startLoad(cleanup, harness.folder)
    let requests: ReturnType<typeof load.steady> | null = null
    const run = await runDue(cleanup, {
      harness,
      workers: [service],
      placeholder,
      messages: options.messages,
      sink,
      sharesSink: true,
      onDue: () => {
        requests = load.steady(port, REQUESTS_PER_SECOND)
        service.tell({})
      },
      onProgress: (done) => progress.at(done / options.messages),
    })
    // Resets the figure before the lessons are due.
    await service.said('loop')
    service.tell({})
    const { loop } = await service.said<{ loop: { max: number; p99: number } }>('loop')
    const report = await (requests as ReturnType<typeof load.steady> | null)?.stop()
    return { ...loop, perSecond: run.perSecond, signUpP99: spreadOf(report?.times['sign-up'] ?? []).p99 }
  })
}

function report({ options }: Context, seen: Record<Candidate, readonly Seen[]>, loop: Loop): Measured {
  const perSecond = (candidate: Candidate) => median(seen[candidate].map((one) => one.perSecond))
  const ratio = median(seen.ours.map((one, round) => one.perSecond / (seen.plain[round]?.perSecond ?? Number.NaN)))
  const spread = (candidate: Candidate) => spreadOf(seen[candidate].flatMap(({ report }) => report.times['sign-up']))
  const refused = (candidate: Candidate) => seen[candidate].reduce((sum, { report }) => sum + report.refused, 0)
  const asking = (candidate: Candidate) => median(seen[candidate].map(({ report }) => report.cpuShare * 100))
  const row = (name: string, candidate: Candidate, share: string) => {
    const { p50, p99, max } = spread(candidate)
    return [
      name,
      figure(perSecond(candidate), 0),
      share,
      figure(p50),
      figure(p99),
      figure(max),
      figure(refused(candidate), 0),
      figure(asking(candidate), 0),
    ]
  }
  return {
    title: 'Sign-up',
    tables: [
      {
        title: `Sign-up: POST /sign-up over ${CONNECTIONS} connections, ${options.seconds} s, median of ${options.rounds}; times in ms`,
        columns: ['', 'requests/s', 'share', 'p50', 'p99', 'longest', 'not 2xx', "the asker's CPU %"],
        rows: [row('Express, one durable insert', 'plain', '1.00'), row('the site', 'ours', figure(ratio))],
      },
      {
        title: `Event loop of site and worker in one process, ${CONCURRENCY_BESIDE_SITE} deliveries at a time, while ${figure(loop.perSecond, 0)} lessons a second are sent`,
        columns: ['', 'p99 ms', 'longest ms', 'sign-up p99 ms'],
        rows: [['blocked', figure(loop.p99), figure(loop.max), figure(loop.signUpP99)]],
      },
    ],
    checks: [
      { what: 'sign-up: share of a plain Express', value: ratio, unit: '', target: SHARE, compare: 'at least' },
      { what: 'sign-up: p99', value: spread('ours').p99, unit: 'ms', target: P99_MS, compare: 'at most' },
      { what: 'sign-up: requests refused', value: refused('ours'), unit: '', target: 0, compare: 'at most' },
      {
        what: 'sign-up: event loop blocked, longest',
        value: loop.max,
        unit: 'ms',
        target: BLOCKED_MS,
        compare: 'at most',
      },
      {
        what: 'sign-up: p99 while lessons are sent',
        value: loop.signUpP99,
        unit: 'ms',
        target: P99_WHILE_SENDING_MS,
        compare: 'at most',
      },
    ],
    plots: [
      {
        kind: 'bars',
        name: 'sign-up',
        title: `Sign-ups a second over ${CONNECTIONS} connections`,
        yLabel: 'requests a second',
        bars: [
          { name: 'Express, one insert', value: perSecond('plain') },
          { name: 'the site', value: perSecond('ours'), target: perSecond('plain') * SHARE },
        ],
      },
    ],
    facts: {
      plain: seen.plain.map((one) => one.perSecond),
      ours: seen.ours.map((one) => one.perSecond),
      times: spread('ours'),
      plainTimes: spread('plain'),
      loop,
    },
    notes: [],
  }
}

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { addressKey, deriveKeys } from '../../src/core/security/keys.ts'
import { createSealer } from '../../src/core/security/sealer.ts'
import { parseDatabaseUrl } from '../../src/core/service-urls/database-url.ts'
import { requireValue } from '../../src/core/service-urls/url-parts.ts'
import { openOperatorSession } from '../../src/flow/desk/operator-session.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { createStore } from '../../src/store/store.ts'
import type { BenchDatabase } from '../parts/bench-database.ts'
import { withCleanup } from '../parts/cleanup.ts'
import { type DueRun, runDue, startWorkers } from '../parts/due-run.ts'
import { createBenchHarness, webAddress } from '../parts/harness.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { waitUntilReady } from '../parts/readiness.ts'
import { COURSE, SECRET } from '../parts/seed.ts'
import { seedDue, workerSettings } from '../parts/send-lessons.ts'
import { openSized, type SizedDatabase } from '../parts/sized-database.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { median, type Spread, spreadOf } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const P50_MS = 200
const P99_MS = 1_000
/** What sending may lose while somebody browses, as a share of its speed and in CPU of the worker: what the noise of a run is. */
const SLOWER = 0.9
const MORE_CPU = 1.1
/** The pages that somebody browses while lessons are sent, one each second. */
const BROWSED = ['today', 'people', 'deliveries until now', 'deliveries planned', 'audit log'] as const
const BROWSE_EVERY_MS = 1_000
/** All pages together stay below what the desk allows one client within a minute. */
const CALLS = 30

/** Every kind of page that reads what grows with the number of learners. `id`: of a learner in the middle. */
const PAGES: Readonly<
  Record<string, (id: number) => { readonly path: string; readonly form?: Record<string, string> }>
> = {
  'today, figures': () => ({ path: '/desk/figures' }),
  today: () => ({ path: '/desk' }),
  people: () => ({ path: '/desk/people' }),
  'people of a state and course': () => ({ path: `/desk/people?state=active&course=${COURSE}&day=3` }),
  'people that nobody is among': () => ({ path: '/desk/people?state=active&day=99&bounced=1' }),
  'an address by its beginning': (id) => ({
    path: '/desk/people/find',
    form: { address: `learner-${id}`.slice(0, 10) },
  }),
  'one person': (id) => ({ path: `/desk/people/${id}` }),
  'deliveries until now': () => ({ path: '/desk/deliveries' }),
  'deliveries sent, of a day': () => ({ path: `/desk/deliveries?state=sent&course=${COURSE}&day=2` }),
  'deliveries sent, that none is among': () => ({ path: '/desk/deliveries?state=sent&day=99' }),
  'deliveries planned': () => ({ path: '/desk/deliveries?state=planned' }),
  'deliveries cancelled': () => ({ path: '/desk/deliveries?state=cancelled' }),
  'one delivery': (id) => ({ path: `/desk/deliveries/${id * 8}` }),
  'suppression list': () => ({ path: '/desk/suppression' }),
  'audit log': () => ({ path: '/desk/audit' }),
}

/** Measures how long each page of the desk takes with many learners, one after the other, over HTTP. */
export async function measureDesk(context: Context): Promise<Measured> {
  const { options, progress } = context
  const sized = await openSized(context, options.enrolments, 'sqlite')
  progress.step(`the desk at ${figure(sized.enrolments, 0)} learners`)
  const times = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: {},
      database: sized.database,
    })
    const cookie = await signIn(sized.database)
    const { port, url } = await webAddress()
    await waitUntilReady(url, harness.start('src/web.ts', { PORT: String(port) }))
    const seen = new Map<string, number[]>()
    for (let call = 0; call < CALLS; call += 1) {
      for (const [name, page] of Object.entries(PAGES)) {
        const id = 1 + Math.floor(((call + 0.5) / CALLS) * (sized.enrolments - 1))
        const ms = await timeOf(url, cookie, page(id))
        seen.set(name, [...(seen.get(name) ?? []), ms])
      }
      progress.at(call / CALLS)
    }
    return seen
  })
  progress.done()

  const pairs: Pair[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    progress.step(`sending alone, and while somebody browses the desk: round ${round + 1}`)
    const alone = await sendBesideDesk(context, false)
    const browsed = await sendBesideDesk(context, true)
    progress.done()
    pairs.push({ alone, browsed })
  }
  return report(sized, times, pairs)
}

/** Two runs, one after the other. */
interface Pair {
  readonly alone: DueRun
  readonly browsed: DueRun
}

/** A worker sends while a site runs beside it. `browses`: an operator opens a page of the desk each second meanwhile. */
function sendBesideDesk(context: Context, browses: boolean): Promise<DueRun> {
  const { options, progress } = context
  return withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const harness = await createBenchHarness(cleanup, {
      dataFolder: context.dataFolder,
      smtpPort: sink.port,
      settings: await workerSettings(context),
    })
    const placeholder = await seedDue(harness.database, options.messages)
    const cookie = await signIn(harness.database)
    const { port, url } = await webAddress()
    await waitUntilReady(url, harness.start('src/web.ts', { PORT: String(port) }))
    const workers = await startWorkers(cleanup, harness, { count: 1 })
    const left = new AbortController()
    let browsing = Promise.resolve()
    const run = await runDue(cleanup, {
      harness,
      workers,
      placeholder,
      messages: options.messages,
      sink,
      onDue: () => {
        if (browses) browsing = browse(url, cookie, left.signal)
      },
      onProgress: (done) => progress.at(done / options.messages),
    })
    left.abort()
    await browsing
    return run
  })
}

async function browse(url: string, cookie: string, left: AbortSignal): Promise<void> {
  for (let at = 0; !left.aborted; at += 1) {
    const page = PAGES[BROWSED[at % BROWSED.length] ?? '']
    if (page !== undefined) await timeOf(url, cookie, page(1))
    await sleep(BROWSE_EVERY_MS, undefined, { signal: left }).catch(() => {})
  }
}

/** The cookie of an owner, whose session is written to the database. */
async function signIn({ url }: BenchDatabase): Promise<string> {
  const database = openDatabase(requireValue(parseDatabaseUrl(url)))
  try {
    const store = createStore(database)
    const keys = deriveKeys(SECRET)
    const clock = { now: () => Date.now() }
    const ports = { clock, keys, sealer: createSealer(keys.wrapping, randomBytes), randomBytes }
    const address = 'owner@course.example'
    const secret = await store.transaction(async (unit) => {
      const key = addressKey(keys, address)
      const owner =
        (await unit.operators.byKey(key)) ??
        (await unit.operators.add({ address, addressKey: key, role: 'owner', now: clock.now() }))
      return openOperatorSession(ports, unit, owner, 'link', null)
    })
    return `__Host-desk=${secret}`
  } finally {
    await database.close()
  }
}

async function timeOf(
  url: string,
  cookie: string,
  { path, form }: { readonly path: string; readonly form?: Record<string, string> },
): Promise<number> {
  const startedAt = performance.now()
  const answer = await fetch(url + path, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    redirect: 'manual',
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  await answer.text()
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`)
  return performance.now() - startedAt
}

function report(
  { enrolments }: SizedDatabase,
  times: ReadonlyMap<string, readonly number[]>,
  pairs: readonly Pair[],
): Measured {
  const speeds = pairs.map(({ alone, browsed }) => browsed.perSecond / alone.perSecond)
  const cpu = pairs.flatMap(({ alone, browsed }) =>
    alone.workerCpuPerMessage === null || browsed.workerCpuPerMessage === null
      ? []
      : [browsed.workerCpuPerMessage / alone.workerCpuPerMessage],
  )
  const spreads = new Map<string, Spread>([...times].map(([name, list]) => [name, spreadOf(list)]))
  const all = spreadOf([...times.values()].flat())
  return {
    title: 'The desk',
    tables: [
      {
        title: `Each page at ${figure(enrolments, 0)} learners, ms`,
        columns: ['page', 'p50', 'p90', 'longest'],
        rows: [...spreads].map(([name, { p50, p90, max }]) => [name, figure(p50, 1), figure(p90, 1), figure(max, 1)]),
      },
      {
        title: 'Sending, alone and while somebody opens a page of the desk each second',
        columns: ['messages/s alone', 'while somebody browses', 'worker CPU, ms alone', 'while somebody browses'],
        rows: pairs.map(({ alone, browsed }) => [
          figure(alone.perSecond, 0),
          figure(browsed.perSecond, 0),
          figure(alone.workerCpuPerMessage, 2),
          figure(browsed.workerCpuPerMessage, 2),
        ]),
      },
    ],
    checks: [
      {
        what: 'the desk: the slowest page, median',
        value: Math.max(...[...spreads.values()].map(({ p50 }) => p50)),
        unit: 'ms',
        target: P50_MS,
        compare: 'at most',
      },
      { what: 'the desk: all pages, p99', value: all.p99, unit: 'ms', target: P99_MS, compare: 'at most' },
      {
        what: 'the desk: speed of sending while somebody browses, against alone',
        value: median(speeds),
        unit: '',
        target: SLOWER,
        compare: 'at least',
      },
      {
        what: 'the desk: CPU of a worker while somebody browses, against alone',
        value: cpu.length > 0 ? median(cpu) : null,
        unit: '',
        target: MORE_CPU,
        compare: 'at most',
      },
    ],
    plots: [],
    facts: { enrolments, pages: Object.fromEntries(spreads), all, pairs },
    notes: [],
  }
}

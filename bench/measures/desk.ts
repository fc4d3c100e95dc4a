import { randomBytes } from 'node:crypto'
import { addressKey, deriveKeys } from '../../src/core/security/keys.ts'
import { createSealer } from '../../src/core/security/sealer.ts'
import { parseDatabaseUrl } from '../../src/core/service-urls/database-url.ts'
import { requireValue } from '../../src/core/service-urls/url-parts.ts'
import { openOperatorSession } from '../../src/flow/desk/operator-session.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { createStore } from '../../src/store/store.ts'
import { withCleanup } from '../parts/cleanup.ts'
import { createBenchHarness, webAddress } from '../parts/harness.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { waitUntilReady } from '../parts/readiness.ts'
import { COURSE, SECRET } from '../parts/seed.ts'
import { openSized, type SizedDatabase } from '../parts/sized-database.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { type Spread, spreadOf } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const P50_MS = 200
const P99_MS = 1_000
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
    const cookie = await signIn(sized)
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
  return report(sized, times)
}

/** The cookie of an owner, whose session is written to the database. */
async function signIn({ database: { url } }: SizedDatabase): Promise<string> {
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

function report({ enrolments }: SizedDatabase, times: ReadonlyMap<string, readonly number[]>): Measured {
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
    ],
    plots: [],
    facts: { enrolments, pages: Object.fromEntries(spreads), all },
    notes: [],
  }
}

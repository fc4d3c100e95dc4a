import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { sql } from 'kysely'
import { AppError } from '../../src/core/errors.ts'
import type { Delivery } from '../../src/core/model.ts'
import { deliver } from '../../src/flow/delivery/deliver.ts'
import { sweep } from '../../src/flow/delivery/sweep.ts'
import type { OpenDatabase } from '../../src/store/database/database.ts'
import { postgresProblem } from '../../src/store/postgres/inspect-postgres.ts'
import { openPostgres } from '../../src/store/postgres/open-postgres.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { PREFERENCES } from '../support/test-store.ts'
import { createVisitor } from '../support/visitor.ts'
import { isFullMatrix, matrix, patience } from '../trial-sizes.ts'
import type { Cut } from './support/postgres-proxy.ts'
import { createPostgresProxyApp, type ProxyApp } from './support/postgres-proxy-app.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(patience)

const MINUTE = 60_000
/** More than any of these needs; a larger number would mean a loop. */
const MOST_STATEMENTS = 80

let parts: ProxyApp
let people = 0

beforeAll(async () => {
  // One connection is enough: nothing that holds it waits for another one.
  parts = await createPostgresProxyApp({ DATABASE_CONNECTIONS: '1' })
})
afterAll(() => parts.close())

const ports = () => parts.app.ports
const mailsTo = (address: string) => parts.mail.accepted.filter((message) => message.to === address)
const sweepNow = () => sweep(ports(), { concurrency: 4 })

/** In the gate a few statements of each are cut. */
const STEP = isFullMatrix ? 1 : 5

/** Cuts each statement of `trial` in turn, before and after it is run, until one run of it needs no more statements. */
async function cutEach(trial: (cut: Cut) => Promise<{ readonly wasCut: boolean }>): Promise<number> {
  let trials = 0
  for (const when of ['before', 'after'] as const)
    for (let at = 1; ; at += STEP) {
      if (at > MOST_STATEMENTS) throw new Error('the work does not end')
      trials += 1
      if (!(await trial({ at, when })).wasCut) break
    }
  return trials
}

/** What came of `work` with its connection cut there: its result, or the code of its error. */
async function withCut<T>(cut: Cut, work: () => Promise<T>): Promise<{ wasCut: boolean; result: T | string }> {
  parts.proxy.arm(cut)
  const result = await work().catch((error: unknown) => (error instanceof AppError ? error.code : String(error)))
  const wasCut = parts.proxy.hasCut()
  parts.proxy.arm(null)
  return { wasCut, result }
}

/** An active enrolment whose first lesson is due now. */
async function enrol(): Promise<{ address: string; row: Delivery }> {
  people += 1
  const address = `reader-${people}@example.test`
  const now = parts.clock.now()
  const rows = await ports().store.transaction(async (unit) => {
    const learner = await unit.learners.ensure({ address, addressKey: `key of ${address}`, now })
    const enrolment = await unit.enrolments.add({
      ...PREFERENCES,
      learnerId: learner.id,
      course: 'three-days',
      days: null,
      now,
    })
    const lesson = { learnerId: learner.id, kind: 'lesson' as const, enrolmentId: enrolment.id, signUpId: null }
    return unit.deliveries.plan([{ ...lesson, day: 1, dueAt: now }], now)
  })
  return { address, row: rows[0] as Delivery }
}

/** Time passes, with the sweep of a worker, until nothing is under way for this row. */
async function settle(id: number): Promise<Delivery> {
  for (let step = 0; step < 12; step += 1) {
    const row = await ports().store.deliveries.byId(id)
    if (row?.state === 'sent') return row
    parts.clock.advance(MINUTE)
    await sweepNow()
  }
  throw new Error(`not sent: ${JSON.stringify(await ports().store.deliveries.byId(id))}`)
}

type Act = readonly [name: string, cutIt: () => Promise<void>]

const acts: readonly Act[] = [
  [
    'a delivery: it is sent once',
    async () => {
      const outcomes: Record<string, number> = {}
      const trials = await cutEach(async (cut) => {
        const { address, row } = await enrol()
        const { wasCut, result } = await withCut(cut, async () => (await deliver(ports(), row.id)).kind)
        outcomes[result] = (outcomes[result] ?? 0) + 1
        const sent = await settle(row.id)
        // What was held back and is known not to have left is no second copy.
        const seen = { ...cut, copies: mailsTo(address).length, resends: sent.resends }
        expect(seen).toEqual({ ...cut, copies: 1, resends: 0 })
        return { wasCut }
      })
      expect(['busy', 'deferred', 'sent']).toEqual(expect.arrayContaining(Object.keys(outcomes)))
      expect(outcomes.sent).toBeGreaterThan(0)
      report({
        row: 20,
        what: 'each statement of a delivery cut',
        sends: trials,
        lost: 0,
        twice: 0,
        note: JSON.stringify(outcomes),
      })
    },
  ],

  [
    'a sweep: the next one sends everything once',
    async () => {
      await cutEach(async (cut) => {
        const { address, row } = await enrol()
        const { wasCut, result } = await withCut(cut, () => sweepNow().then(() => 'done'))
        expect(['done', 'busy']).toContain(result)
        await settle(row.id)
        expect({ ...cut, copies: mailsTo(address).length }).toEqual({ ...cut, copies: 1 })
        return { wasCut }
      })
    },
  ],

  [
    'signing up: an answer that says so, and an email once it is sent again',
    async () => {
      await cutEach(async (cut) => {
        people += 1
        const address = `visitor-${people}@example.test`
        const form = { email: address, timeZone: 'UTC', hour: 7 }
        const post = () => createVisitor(parts.url).postJson('/sign-up', form)
        const { wasCut, result } = await withCut(cut, async () => (await post()).status)
        expect([200, 503]).toContain(result)
        if (result === 503) expect((await post()).status).toBe(200)
        await sweepNow()
        // Whoever asks twice may get two, where the first was kept and its answer lost.
        const mails = mailsTo(address).length
        expect({ ...cut, mails }).toEqual({ ...cut, mails: mails === 2 && result === 503 ? 2 : 1 })
        return { wasCut }
      })
    },
  ],

  [
    'confirming: every lesson is planned once, and the page says what to do',
    async () => {
      await cutEach(async (cut) => {
        people += 1
        const address = `visitor-${people}@example.test`
        const visitor = createVisitor(parts.url)
        await visitor.postJson('/sign-up', { email: address, timeZone: 'UTC', hour: 7 })
        await sweepNow()
        const link = linkOf(mailsTo(address)[0] as Accepted, '/confirm/')
        const { wasCut, result } = await withCut(cut, async () => (await visitor.post(link)).status)
        expect([200, 503]).toContain(result)
        if (result === 503) expect((await visitor.post(link)).status).toBe(200)
        const [planned] = await parts.cluster.query<{ lessons: number }>(
          `select count(*)::int as lessons from delivery join learner on learner.id = learner_id
          where address = '${address}' and day is not null`,
        )
        expect({ ...cut, ...planned }).toEqual({ ...cut, lessons: 3 })
        return { wasCut }
      })
    },
  ],

  [
    'a lesson page: an answer that says so, and afterwards the page',
    async () => {
      const { address, row } = await enrol()
      await settle(row.id)
      const link = linkOf(mailsTo(address)[0] as Accepted, '/l/')
      const visitor = createVisitor(parts.url)
      await cutEach(async (cut) => {
        const { wasCut, result } = await withCut(cut, async () => (await visitor.get(link)).status)
        expect([200, 503]).toContain(result)
        expect((await visitor.get(link)).status).toBe(200)
        return { wasCut }
      })
    },
  ],
]

/** The others take as long each. */
const tried = matrix({ gate: acts.slice(0, 1), full: acts })

test.each(tried)('the connection to the database is lost at each statement of %s', (_, cutIt) => cutIt())

interface Readiness {
  readonly checks: { readonly database: { readonly ok: boolean; readonly say: string } }
}

const readiness = async () => {
  const { status, text } = await createVisitor(parts.url).get('/readyz')
  return { status, database: (JSON.parse(text) as Readiness).checks.database }
}

test('no connection is free: visitors are asked to try again, and /readyz and the doctor say why', async () => {
  const held = await parts.cluster.holdConnections()
  try {
    const form = { email: 'waiting@example.test', timeZone: 'UTC', hour: 7 }
    const answer = await createVisitor(parts.url).postJson('/sign-up', form)
    expect({ status: answer.status, code: JSON.parse(answer.text).code }).toEqual({ status: 503, code: 'busy' })
    // What is for operators is not for visitors.
    expect(answer.text).not.toContain('PostgreSQL')
    const sentence = /no free connection.*DATABASE_CONNECTIONS.*max_connections/
    expect(await readiness()).toMatchObject({
      status: 503,
      database: { ok: false, say: expect.stringMatching(sentence) },
    })
    expect(await postgresProblem(parts.cluster.url, 1)).toMatch(sentence)
  } finally {
    await held.release()
  }
  expect((await readiness()).database.ok).toBe(true)
})

describe('a database opened alone', () => {
  const other: OpenDatabase[] = []
  const open = (url = parts.cluster.url, connections = 2) => {
    const database = openPostgres({ url, connections })
    other.push(database)
    return database
  }
  afterEach(async () => {
    for (const database of other.splice(0)) await database.close()
  })
  const answers = (database: OpenDatabase) =>
    database.transaction(async (inside) => (await sql<{ one: number }>`select 1 as one`.execute(inside)).rows)

  test('a transaction that waits too long is ended by the server, and holds up nobody', async () => {
    const database = open()
    const stuck = database.transaction(async (inside) => {
      await sql`set local idle_in_transaction_session_timeout = 50`.execute(inside)
      await sleep(250)
      return sql`select 1`.execute(inside)
    })
    await expect(stuck).rejects.toMatchObject({ code: 'busy' })
    expect(await answers(database)).toEqual([{ one: 1 }])
  })

  test('a statement that takes too long is cancelled, with a sentence', async () => {
    const database = open()
    const slow = database.transaction(async (inside) => {
      await sql`set local statement_timeout = 50`.execute(inside)
      return sql`select pg_sleep(5)`.execute(inside)
    })
    await expect(slow).rejects.toMatchObject({ code: 'busy', message: expect.stringMatching(/longer than 30 s/) })
    expect(await answers(database)).toEqual([{ one: 1 }])
  })

  test('a transaction in which a failed statement was overlooked says that nothing was kept', async () => {
    const overlooked = open().transaction(async (inside) => {
      await sql`select 1 / 0`.execute(inside).catch(() => {})
    })
    await expect(overlooked).rejects.toThrow('rolled back')
  })

  test('a connection that has become read-only is replaced', async () => {
    const database = open(parts.cluster.url, 1)
    const write = () => sql`update heartbeat set at = at`.execute(database.db)
    await sql`set default_transaction_read_only = on`.execute(database.db)
    await expect(write()).rejects.toMatchObject({ code: 'busy', message: expect.stringMatching(/standby/) })
    await write()
  })

  test('of several servers the one that accepts writes is used, and without one that is said', async () => {
    const nobody = encodeURIComponent('/run/nobody')
    const here = encodeURIComponent(parts.cluster.folder)
    expect(await answers(open(`postgres://course@/course?host=${nobody},${here}`))).toEqual([{ one: 1 }])
    const nowhere = `postgres://course@/course?host=${nobody},${nobody}`
    await expect(answers(open(nowhere))).rejects.toMatchObject({ code: 'busy' })
    expect(await postgresProblem(nowhere, 10)).toMatch(/cannot be reached \(ENOENT\)/)
  })

  test('the doctor says what the server lacks', async () => {
    expect(await postgresProblem(parts.cluster.url, 10)).toBeNull()
    await parts.cluster.query('alter role course set synchronous_commit = off')
    expect(await postgresProblem(parts.cluster.url, 10)).toMatch(/synchronous_commit/)
    await parts.cluster.query('alter role course reset synchronous_commit')
    expect(await postgresProblem(parts.cluster.url, 100)).toMatch(/17 connections.*up to 100/)
  })
})

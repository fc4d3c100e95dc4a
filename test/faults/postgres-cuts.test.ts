import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { AppError } from '../../src/core/errors.ts'
import type { Delivery } from '../../src/core/model.ts'
import { deliver } from '../../src/flow/delivery/deliver.ts'
import { sweep } from '../../src/flow/delivery/sweep.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import type { Cut } from '../support/postgres-proxy.ts'
import { PREFERENCES } from '../support/test-store.ts'
import { createVisitor } from '../support/visitor.ts'
import { isFullMatrix, patience } from '../trial-sizes.ts'
import { createPostgresProxyApp, type ProxyApp } from './support/postgres-proxy-app.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(patience)

const MINUTE = 60_000
/** More than any of these needs; a larger number would mean a loop. */
const MOST_STATEMENTS = 80

let parts: ProxyApp
let people = 0

beforeAll(async () => {
  parts = await createPostgresProxyApp()
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

describe('the connection to the database is lost at each statement of', () => {
  test('a delivery: it is sent once', async () => {
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
  })

  test('a sweep: the next one sends everything once', async () => {
    await cutEach(async (cut) => {
      const { address, row } = await enrol()
      const { wasCut, result } = await withCut(cut, () => sweepNow().then(() => 'done'))
      expect(['done', 'busy']).toContain(result)
      await settle(row.id)
      expect({ ...cut, copies: mailsTo(address).length }).toEqual({ ...cut, copies: 1 })
      return { wasCut }
    })
  })

  test('signing up: an answer that says so, and an email once it is sent again', async () => {
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
  })

  test('confirming: every lesson is planned once, and the page says what to do', async () => {
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
  })

  test('a lesson page: an answer that says so, and afterwards the page', async () => {
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
  })
})

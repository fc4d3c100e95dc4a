import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { pauseForPolicyReports } from '../../../src/flow/sending/pause-for-policy-reports.ts'
import { utcDay } from '../../../src/flow/sending/reputation.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const HOUR = 3_600_000
let parts: TestApp
let people = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())
beforeEach(async () => {
  changeDatabase(parts.dataDir, 'delete from mail_day; delete from learner; update stream set since = 0')
  await parts.app.ports.store.sendingState.open('paused', 0)
})

const ports = () => parts.app.ports
const stateOf = () => queryRows(parts.dataDir, 'select state, probe_at, since from stream')[0]

/** Somebody whose mail server refused a message for policy `agoMs` ago. */
async function refused(domain: string, { confirmed = true, agoMs = 0 } = {}): Promise<void> {
  const { store } = ports()
  const now = parts.clock.now() - agoMs
  people += 1
  const address = `person-${people}@${domain}`
  if (confirmed) {
    const { deliveries } = await enrolForTest(store, { now, days: 1, address })
    await store.reports.note(deliveries[0] as never, 'stream', 'policyviolation', now)
    return
  }
  const learner = await store.learners.ensure({ address, addressKey: `key of ${address}`, now })
  const [row] = await store.deliveries.plan(
    [{ learnerId: learner.id, kind: 'sign-up', enrolmentId: null, signUpId: null, day: null, dueAt: now }],
    now,
  )
  await store.reports.note(row as never, 'stream', 'policyviolation', now)
}

function sent(count: number): void {
  changeDatabase(parts.dataDir, `insert into mail_day (day, sent) values (${utcDay(parts.clock.now())}, ${count})`)
}

const at = (...domains: string[]) => domains.map((domain) => ({ domain, confirmed: true }))
const many = (count: number, domains: number) =>
  Array.from({ length: count }, (_, index) => ({ domain: `d${index % domains}.example`, confirmed: true }))
const strangers = (count: number, domains: number) =>
  many(count, domains).map((person) => ({ ...person, confirmed: false }))

describe('reports of policy refusals', () => {
  test.each([
    ['of one learner', at('a.example'), 0, 'open'],
    ['of twenty learners at one domain', many(20, 1), 0, 'open'],
    [
      'of twenty learners at names of one domain',
      at(...Array.from({ length: 20 }, (_, n) => `n${n}.evil.example`)),
      0,
      'open',
    ],
    ['of twenty strangers at three domains', strangers(20, 3), 0, 'open'],
    ['of two learners, and twenty strangers', [...many(2, 2), ...strangers(20, 10)], 0, 'open'],
    ['of three learners at three domains, of 60 messages', many(3, 3), 60, 'paused'],
    ['of three learners at three domains, of 61 messages', many(3, 3), 61, 'open'],
    ['of three learners at three domains, of 100,000 messages', many(3, 3), 100_000, 'open'],
    ['of nine learners, of 90 messages', many(9, 5), 90, 'paused'],
    ['of ten learners at five domains, of 100 messages', many(10, 5), 100, 'held until a person resumes'],
    ['of ten learners at four domains, of 100 messages', many(10, 4), 100, 'paused'],
  ])('%s', async (_what, reports, volume, expected) => {
    sent(volume)
    for (const { domain, confirmed } of reports) await refused(domain, { confirmed })
    await pauseForPolicyReports(ports())
    const state = stateOf()
    const seen = state?.state === 'open' ? 'open' : state?.probe_at === null ? 'held until a person resumes' : 'paused'
    expect(seen).toBe(expected)
    if (seen === 'paused') expect(state?.probe_at).toBe(parts.clock.now() + 15 * 60_000)
  })

  test('those of yesterday count no more', async () => {
    for (const domain of ['a.example', 'b.example', 'c.example']) await refused(domain, { agoMs: 25 * HOUR })
    await pauseForPolicyReports(ports())
    expect(stateOf()?.state).toBe('open')
  })

  test('those that paused it once do not pause it again after it has resumed', async () => {
    for (const domain of ['a.example', 'b.example', 'c.example']) await refused(domain)
    await pauseForPolicyReports(ports())
    expect(stateOf()?.state).toBe('paused')
    parts.clock.advance(16 * 60_000)
    await ports().store.sendingState.open('paused', parts.clock.now())
    await refused('d.example')
    await pauseForPolicyReports(ports())
    expect(stateOf()?.state).toBe('open')
  })

  test('more of them while it is paused make it wait for a person', async () => {
    for (const { domain } of many(4, 4)) await refused(domain)
    await pauseForPolicyReports(ports())
    expect(stateOf()?.probe_at).not.toBeNull()
    for (const { domain } of many(6, 6)) await refused(domain)
    await pauseForPolicyReports(ports())
    expect(stateOf()).toMatchObject({ state: 'paused', probe_at: null })
  })
})

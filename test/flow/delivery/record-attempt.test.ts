import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { sweep } from '../../../src/flow/delivery/sweep.ts'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const MINUTE = 60_000
const GREYLISTED = '451 4.7.1 <ada@example.test> greylisted'
let parts: TestApp
let learners = 0
/** What the relay answers next; it accepts when none is left. */
const answers: SmtpResult[] = []

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: {
      lessonsDir: FIXTURE_COURSES,
      random: () => 0,
      mailer: {
        async send(_message, confirmHandover) {
          const answer = answers.shift() ?? { kind: 'accepted', reply: '250 2.0.0 queued' }
          const isHandedOver = answer.kind === 'accepted' || (answer.kind === 'lost' && answer.stage === 'after-dot')
          return !isHandedOver || (await confirmHandover()) ? answer : { kind: 'withdrawn' }
        },
        close: async () => {},
      },
    },
  })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const attemptsOf = (id: number) => ports().store.attempts.ofDelivery(id)
const refused = (code: number, reply: string): SmtpResult => ({ kind: 'refused', stage: 'rcpt', code, reply })

async function planned(): Promise<Delivery> {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const address = `learner-${learners}@example.test`
  const { deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 1, address })
  return deliveries[0] as Delivery
}

test('an attempt that is accepted at once leaves nothing', async () => {
  const { id } = await planned()
  expect(await deliver(ports(), id)).toEqual({ kind: 'sent' })
  expect(await attemptsOf(id)).toEqual([])
})

test('each attempt that is put off is kept with the words of the relay and what was decided, until one is accepted', async () => {
  const { id } = await planned()
  const start = parts.clock.now()
  answers.push(refused(451, GREYLISTED), refused(452, '452 4.3.1 no space'))
  await deliver(ports(), id)
  parts.clock.advance(MINUTE)
  await deliver(ports(), id)
  parts.clock.advance(5 * MINUTE)
  expect(await deliver(ports(), id)).toEqual({ kind: 'sent' })
  expect(await attemptsOf(id)).toMatchObject([
    { number: 1, at: start, outcome: 'deferred', reply: GREYLISTED, nextAt: start + MINUTE },
    { number: 2, at: start + MINUTE, outcome: 'deferred', reply: '452 4.3.1 no space', nextAt: start + 6 * MINUTE },
  ])
})

test('what is refused for good, given up or without a reply says so', async () => {
  const dead = await planned()
  answers.push(refused(550, '550 5.1.1 no such user'))
  await deliver(ports(), dead.id)
  expect(await attemptsOf(dead.id)).toMatchObject([
    { outcome: 'failed', reply: '550 5.1.1 no such user', nextAt: null },
  ])

  const late = await planned()
  answers.push(refused(451, GREYLISTED), refused(451, GREYLISTED))
  await deliver(ports(), late.id)
  parts.clock.advance(25 * 60 * MINUTE)
  await deliver(ports(), late.id)
  expect((await attemptsOf(late.id)).map(({ outcome, nextAt }) => [outcome, nextAt !== null])).toEqual([
    ['deferred', true],
    ['expired', false],
  ])

  const lost = await planned()
  const silence = { kind: 'lost', stage: 'after-dot', reason: 'the connection ended' } as const
  answers.push(silence, silence)
  await deliver(ports(), lost.id)
  const copyAt = parts.clock.now() + 15 * MINUTE
  parts.clock.set(new Date(copyAt).toISOString())
  await deliver(ports(), lost.id)
  const reply = 'no reply after handover: the connection ended'
  expect(await attemptsOf(lost.id)).toMatchObject([
    { outcome: 'unconfirmed', reply, nextAt: copyAt },
    { outcome: 'unconfirmed', reply, nextAt: null },
  ])
})

test('a worker that ended after the handover is an attempt without a reply', async () => {
  const { id } = await planned()
  const now = parts.clock.now()
  const lease = `state = 'leased', lease_until = ${now}, lease_owner = 'w', attempt = 1, fence = 1`
  changeDatabase(
    parts.dataDir,
    `update delivery set ${lease}, dot_at = ${now - 1}, first_dot_at = ${now - 1} where id = ${id}`,
  )
  await sweep(ports(), { concurrency: 1 })
  expect(await attemptsOf(id)).toMatchObject([
    { outcome: 'unconfirmed', reply: 'no reply: the worker exited after handover', nextAt: now + 15 * MINUTE },
  ])
})

test('what was called off was no attempt', async () => {
  const { id } = await planned()
  changeDatabase(
    parts.dataDir,
    `update enrolment set state = 'stopped' where id = (select enrolment_id from delivery where id = ${id})`,
  )
  expect(await deliver(ports(), id)).toEqual({ kind: 'cancelled' })
  expect(await attemptsOf(id)).toEqual([])
  expect(queryRows(parts.dataDir, 'select count(*) as n from delivery_attempt')[0]?.n).toBeGreaterThan(0)
})

test('what is held back because the day had its lesson says so, and until when', async () => {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const address = `learner-${learners}@example.test`
  const { deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 2, address })
  const [first, second] = deliveries.map(({ id }) => id)
  expect(await deliver(ports(), first ?? 0)).toEqual({ kind: 'sent' })
  parts.clock.advance(MINUTE)
  const until = Date.parse('2026-03-03T06:00:00Z')
  expect(await deliver(ports(), second ?? 0)).toEqual({ kind: 'early', until })
  expect(await attemptsOf(second ?? 0)).toMatchObject([
    { outcome: 'not-its-day', at: parts.clock.now(), reply: '', nextAt: until },
  ])
})

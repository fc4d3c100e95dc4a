import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import '../../support/property-seed.ts'
import { sweep } from '../../../src/flow/delivery/sweep.ts'
import type { OutgoingMessage, SmtpResult } from '../../../src/flow/ports/ports.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest, PREFERENCES } from '../../support/test-store.ts'

jest.setTimeout(300_000)

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** As often as the sweep looks. */
const STEP = 15 * SECOND

let parts: TestApp
/** What the relay says to whom; it takes everything else. */
let answers: (message: OutgoingMessage) => SmtpResult | null = () => null
const tried: { to: string; at: number }[] = []

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: {
      lessonsDir: FIXTURE_COURSES,
      random: () => 0,
      mailer: {
        async send(message, confirmHandover) {
          tried.push({ to: message.to, at: parts.clock.now() })
          const said = answers(message)
          if (said !== null && !(said.kind === 'refused' && said.stage === 'after-dot')) return said
          if (!(await confirmHandover())) return { kind: 'withdrawn' }
          return said ?? { kind: 'accepted', reply: '250 ok' }
        },
        close: async () => {},
      },
    },
  })
})
afterAll(() => parts?.close())
beforeEach(() => clean())

const ports = () => parts.app.ports

async function clean(): Promise<void> {
  changeDatabase(
    parts.dataDir,
    'delete from mail_day; delete from learner; delete from suppression; delete from mailbox_mail',
  )
  await ports().store.sendingState.hold('', 'operator', 0)
  await ports().store.sendingState.open('held', 0)
  tried.length = 0
  answers = () => null
}

const refusal = (stage: 'mail' | 'rcpt' | 'data' | 'after-dot', reply: string): SmtpResult => ({
  kind: 'refused',
  stage,
  code: Number(reply.slice(0, 3)),
  reply,
})
const REFUSALS: readonly SmtpResult[] = [
  refusal('rcpt', '554 5.7.1 <x@example.org>: Recipient address rejected: Access denied'),
  refusal('rcpt', '550 5.7.1 rejected by policy'),
  refusal('rcpt', '530 5.7.0 Authentication required'),
  refusal('rcpt', '550 5.1.8 Sender address rejected'),
  refusal('rcpt', '450 4.2.0 greylisted'),
  refusal('rcpt', '452 4.2.2 mailbox full'),
  refusal('rcpt', '550 5.1.1 no such user'),
  refusal('rcpt', '550 strange'),
  refusal('data', '554 5.7.1 no'),
  refusal('after-dot', '550 5.7.1 spam'),
  refusal('after-dot', '550 5.7.26 unauthenticated'),
  { kind: 'unsendable', reply: '552 5.3.4 too large' },
]

async function person(address: string, dueAt: number, isConfirmed: boolean): Promise<void> {
  const { store } = ports()
  if (isConfirmed) {
    await enrolForTest(store, { now: dueAt, days: 1, address })
    return
  }
  const learner = await store.learners.ensure({ address, addressKey: `key of ${address}`, now: dueAt })
  const signUp = await store.signUps.add({
    learnerId: learner.id,
    course: 'three-days',
    preferences: PREFERENCES,
    wording: 'yes',
    nonce: `${learner.id}`,
    tokenHash: `${learner.id}`,
    now: dueAt,
  })
  await store.deliveries.plan(
    [{ learnerId: learner.id, kind: 'sign-up', enrolmentId: null, signUpId: signUp, day: null, dueAt }],
    dueAt,
  )
}

async function run(forMs: number, step = STEP): Promise<void> {
  const end = parts.clock.now() + forMs
  while (parts.clock.now() < end) {
    await sweep(ports(), { concurrency: 3 })
    parts.clock.advance(step)
  }
}

const stateOf = () => queryRows(parts.dataDir, 'select state, reason from stream')[0]
const sentAt = (address: string) =>
  queryRows(
    parts.dataDir,
    "select d.settled_at from delivery d join learner l on l.id = d.learner_id where l.address = ? and d.state = 'sent'",
    address,
  )[0]?.settled_at as number | undefined

const recipient = fc.record({
  isConfirmed: fc.boolean(),
  domain: fc.integer({ min: 0, max: 5 }),
  /** Minutes after the start. */
  dueIn: fc.integer({ min: 0, max: 20 }),
})

test('whatever mix of recipients and messages is refused, everybody else’s mail goes out within a bounded time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ who: recipient, says: fc.nat(REFUSALS.length - 1) }), { maxLength: 14 }),
      fc.array(recipient, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(null, 'relay' as const, 'refusals' as const, 'reports' as const),
      async (bad, good, cause) => {
        await clean()
        const start = parts.clock.now()
        for (const [index, { who }] of bad.entries())
          await person(`bad-${index}@d${who.domain}.example`, start + who.dueIn * MINUTE, who.isConfirmed)
        for (const [index, who] of good.entries())
          await person(`good-${index}@d${who.domain}.example`, start + who.dueIn * MINUTE, who.isConfirmed)
        answers = ({ to }) => {
          const index = /^bad-(\d+)@/.exec(to)?.[1]
          return index === undefined ? null : (REFUSALS[bad[Number(index)]?.says ?? 0] ?? null)
        }
        if (cause !== null) await ports().store.sendingState.pause('a pause', cause, start, start + MINUTE)
        await run(20 * MINUTE + 2 * MINUTE + (bad.length + 2) * STEP)
        for (const [index, who] of good.entries()) {
          const address = `good-${index}@d${who.domain}.example`
          const due = start + who.dueIn * MINUTE
          const waited = (sentAt(address) ?? Number.POSITIVE_INFINITY) - due
          // A pause, and a quarter of a minute for each refused message that may have been the probe before it.
          expect([address, waited <= 2 * MINUTE + (bad.length + 1) * STEP]).toEqual([address, true])
        }
      },
    ),
    { numRuns: 20 },
  )
})

test('recipients whom the relay refuses do not pause sending, however many strangers they are', async () => {
  const start = parts.clock.now()
  for (let index = 0; index < 30; index += 1) await person(`bad-${index}@d${index % 10}.example`, start, false)
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[0] as SmtpResult) : null)
  await run(MINUTE)
  expect(stateOf()?.state).toBe('open')
  await person('new@good.example', parts.clock.now(), false)
  await run(STEP)
  expect(sentAt('new@good.example')).toBeDefined()
})

test('four learners, or five of two domains, are refused: sending goes on; five of three domains pause it', async () => {
  const start = parts.clock.now()
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[0] as SmtpResult) : null)
  for (let index = 0; index < 5; index += 1) await person(`bad-${index}@d${index % 2}.example`, start, true)
  await run(STEP)
  expect(stateOf()?.state).toBe('open')
  await person('bad-5@d3.example', parts.clock.now(), true)
  await run(STEP)
  expect(stateOf()).toMatchObject({ state: 'paused' })
  // An address has no place in what an operator, or everybody, can read.
  expect(stateOf()?.reason).toBe(
    'the relay refuses every recipient: 554 5.7.1 <address> Recipient address rejected: Access denied',
  )
})

test('one message that is accepted between them says that the relay is not at fault', async () => {
  const start = parts.clock.now()
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[0] as SmtpResult) : null)
  for (let index = 0; index < 12; index += 1) {
    await person(`bad-${index}@d${index}.example`, start + index * MINUTE, true)
    if (index % 4 === 3) await person(`good-${index}@d0.example`, start + index * MINUTE + STEP, true)
  }
  await run(13 * MINUTE)
  expect(stateOf()?.state).toBe('open')
})

test('a message that is refused alone goes aside by the usual waits and is given up 24 hours after its first try', async () => {
  const start = parts.clock.now()
  await person('bad-0@d0.example', start, true)
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[1] as SmtpResult) : null)
  // The relay is away in between, twice, and others wait; the refused one's hours go on.
  await run(30 * MINUTE)
  for (const pause of [1, 2]) {
    const now = parts.clock.now()
    await ports().store.sendingState.pause('away', 'relay', now, now + MINUTE)
    await person(`other-${pause}@d1.example`, now + 30 * MINUTE, true)
    await run(40 * MINUTE)
    expect(stateOf()?.state).toBe('open')
  }
  await run(24 * HOUR - 110 * MINUTE - MINUTE, MINUTE)
  await run(MINUTE + 2 * STEP)
  const [row] = queryRows(
    parts.dataDir,
    "select d.state, d.first_attempt_at, d.settled_at from delivery d join learner l on l.id = d.learner_id where l.address = 'bad-0@d0.example'",
  )
  expect(row).toMatchObject({ state: 'expired', first_attempt_at: start })
  expect(Number(row?.settled_at) - start).toBeLessThanOrEqual(24 * HOUR + STEP)
  const tries = tried.filter(({ to }) => to.startsWith('bad')).map(({ at }) => Math.round((at - start) / MINUTE))
  expect(tries.slice(0, 4)).toEqual([0, 1, 6, 21])
  expect(tries.length).toBeLessThan(15)
})

test('the probe of a paused relay is a message of a learner who was not refused, and the refused one is tried at its own time', async () => {
  const start = parts.clock.now()
  await person('bad-0@d0.example', start, true)
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[1] as SmtpResult) : null)
  await run(STEP)
  await ports().store.sendingState.pause('away', 'refusals', parts.clock.now(), parts.clock.now() + MINUTE)
  const before = tried.length
  await person('good@d1.example', parts.clock.now() + 2 * MINUTE, true)
  await run(2 * MINUTE)
  // It is due and waits: another message comes soon and probes.
  expect(tried).toHaveLength(before)
  expect(stateOf()?.state).toBe('paused')
  await run(2 * STEP)
  expect(tried[before]?.to).toBe('good@d1.example')
  expect(stateOf()?.state).toBe('open')
})

test('where only messages that were refused wait, sending opens after the pause', async () => {
  const start = parts.clock.now()
  for (let index = 0; index < 5; index += 1) await person(`bad-${index}@d${index}.example`, start, true)
  answers = () => REFUSALS[1] as SmtpResult
  await run(STEP)
  expect(stateOf()?.state).toBe('paused')
  answers = () => null
  await run(2 * MINUTE)
  expect(stateOf()?.state).toBe('open')
  for (let index = 0; index < 5; index += 1) expect(sentAt(`bad-${index}@d${index}.example`)).toBeDefined()
})

test('a relay that refuses everybody costs at most one try each, and everything goes out once it is corrected', async () => {
  const start = parts.clock.now()
  for (let index = 0; index < 60; index += 1) await person(`p-${index}@d${index % 7}.example`, start, true)
  answers = () => REFUSALS[10] as SmtpResult
  await run(2 * HOUR)
  expect(stateOf()?.state).toBe('paused')
  expect(queryRows(parts.dataDir, "select id from delivery where state = 'planned'").length).toBeGreaterThan(0)
  answers = () => null
  await run(6 * HOUR, 5 * MINUTE)
  expect(stateOf()?.state).toBe('open')
  expect(queryRows(parts.dataDir, "select id from delivery where state != 'sent'")).toEqual([])
})

test('one message whose sender is refused pauses sending once, and then goes aside', async () => {
  const start = parts.clock.now()
  await person('bad-0@d0.example', start, true)
  answers = ({ to }) => (to.startsWith('bad') ? refusal('mail', '555 5.5.4 unsupported parameter') : null)
  await run(STEP)
  expect(stateOf()?.state).toBe('paused')
  await person('good-1@d1.example', parts.clock.now(), true)
  await run(3 * MINUTE)
  expect(sentAt('good-1@d1.example')).toBeDefined()
  expect(stateOf()?.state).toBe('open')
  // Over and over, it pauses nothing any more.
  for (let hour = 0; hour < 26; hour += 1) {
    await run(HOUR, 5 * MINUTE)
    expect(stateOf()?.state).toBe('open')
  }
  expect(queryRows(parts.dataDir, "select state from delivery where state = 'expired'")).toHaveLength(1)
})

test('the lesson whose sender was refused does not probe again while anything else waits', async () => {
  const now = parts.clock.now()
  answers = ({ to }) => (to.startsWith('bad') ? refusal('mail', '550 5.7.1 this sender may not') : null)
  await person('bad@a.example', now, true)
  await run(STEP)
  expect(stateOf()?.state).toBe('paused')
  await person('new@b.example', now + 30 * SECOND, false)
  await person('newer@c.example', now + 40 * SECOND, false)
  await run(3 * MINUTE)
  expect(tried.filter(({ to }) => to.startsWith('new'))).toHaveLength(2)
  expect(stateOf()?.state).toBe('open')
})

test('a message that cannot be said to the relay fails for that person, and pauses nothing', async () => {
  const start = parts.clock.now()
  for (let index = 0; index < 8; index += 1) await person(`bad-${index}@d${index}.example`, start, true)
  answers = ({ to }) => (to.startsWith('bad') ? (REFUSALS[11] as SmtpResult) : null)
  await run(STEP)
  expect(stateOf()?.state).toBe('open')
  expect(queryRows(parts.dataDir, 'select distinct state, reply from delivery')).toEqual([
    { state: 'failed', reply: '552 5.3.4 too large' },
  ])
  expect(queryRows(parts.dataDir, 'select * from suppression')).toEqual([])
})

test('TLS that is missing pauses at once and is told in /readyz', async () => {
  answers = () => ({ kind: 'lost', stage: 'tls', reason: 'the relay offers no STARTTLS, and SMTP_TLS is required' })
  await person('one@d0.example', parts.clock.now(), true)
  await run(STEP)
  const ready = await fetch(`${parts.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain('offers no STARTTLS')
})

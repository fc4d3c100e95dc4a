import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Verb } from './support/test-relay.ts'
import { startReceiver } from './support/test-relay.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Of four domains: what all of them are refused is the sender’s fault. */
const learners = (count: number) =>
  Array.from({ length: count }, (_, index) => `learner-${index}@d${index % 4}.example`)
const names = learners(12)

let harness: InProcessHarness
beforeEach(async () => {
  harness = await createInProcessHarness()
  await harness.start()
})
afterEach(() => harness.close())

const state = async () => (await harness.app().ports.store.sendingState.status()).state
const paused = () => waitFor(async () => (await state()) === 'paused', 'the pause')
const open = () => waitFor(async () => (await state()) === 'open', 'mail to flow again')
const refuse = (at: Verb, reply: string) => {
  harness.receiver.dropSessions()
  harness.receiver.script = (verb) => (verb === at ? { reply } : 'go-on')
}
const arrived = (count: number) =>
  waitFor(
    () => harness.receiver.taken.length >= count,
    () => `${count} mails, have ${harness.receiver.taken.length}`,
  )

async function expectNobodyBlamed(crowd: readonly string[]): Promise<void> {
  const lessons = (await harness.rows()).filter((row) => row.day === 1)
  expect(lessons.map((row) => row.state)).toEqual(lessons.map(() => 'sent'))
  expect(new Set(harness.receiver.taken.map((message) => message.messageId)).size).toBe(crowd.length)
}

const outages: [string, Verb, string][] = [
  ['a policy refusal', 'rcpt', '550 5.7.1 rejected for policy reasons'],
  ['an authentication failure', 'mail', '530 5.7.0 authentication required'],
  ['a relay that says 421 to everyone', 'greeting', '421 4.3.2 not now'],
  ['a relay that turns every sender away for now', 'mail', '451 4.3.0 try later'],
]

test.each(outages)('%s pauses sending, says so, and one probe a minute resumes it', async (_what, at, reply) => {
  // Of those who are refused themselves none is a probe: others must be left when sending pauses.
  const crowd = at === 'rcpt' ? learners(60) : names
  refuse(at, reply)
  await harness.enrol(crowd)
  await paused()
  const ready = await harness.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain(reply.slice(4, 12))
  expect((await harness.mail('status')).text).toContain('Mail is paused')
  await waitFor(async () => (await harness.rows()).every((row) => row.state !== 'leased'), 'every refusal to be noted')
  const before = harness.receiver.sessions()
  for (let minute = 0; minute < 3; minute += 1) {
    harness.clock.advance(MINUTE + 1_000)
    await sleep(300)
  }
  // At most one probe a minute, each with a connection or two.
  expect(harness.receiver.sessions() - before).toBeLessThanOrEqual(6)
  expect(harness.receiver.taken).toHaveLength(0)

  harness.receiver.script = () => 'go-on'
  harness.clock.advance(MINUTE + 1_000)
  await open()
  harness.clock.advance(20 * MINUTE)
  await arrived(crowd.length)
  await waitFor(
    async () => (await harness.rows()).filter((row) => row.state === 'sent').length >= crowd.length,
    'every reply',
  )
  await expectNobodyBlamed(crowd)
  expect((await harness.visitor.get('/readyz')).status).toBe(200)
  report({ row: 5, what: `relay: ${reply}, paused and resumed by a probe`, sends: crowd.length, lost: 0, twice: 0 })
})

test('a relay that is away for two days costs no lesson, not even one that is greylisted afterwards', async () => {
  const { port } = harness.receiver
  await harness.receiver.close()
  await harness.enrol(['ada'])
  // One learner only: what is put off must stay near, or nothing is left to probe with.
  for (let minute = 0; minute < 400 && (await state()) === 'open'; minute += 1) {
    harness.clock.advance(MINUTE)
    await sleep(60)
  }
  expect(await state()).toBe('paused')
  harness.clock.advance(48 * HOUR)
  await sleep(300)
  const relay = await startReceiver({ port })
  let refusals = 2
  relay.script = (verb) => {
    if (verb !== 'rcpt' || refusals === 0) return 'go-on'
    refusals -= 1
    return { reply: '450 4.2.0 greylisted' }
  }
  try {
    for (let minute = 0; minute < 30 && relay.taken.length === 0; minute += 1) {
      harness.clock.advance(MINUTE + 1_000)
      await sleep(150)
    }
    expect(relay.taken).toHaveLength(1)
    await open()
    report({ row: 5, what: 'relay away for two days, then greylisting', sends: 1, lost: 0, twice: 0 })
  } finally {
    await relay.close()
  }
})

test("a person's word resumes it at once", async () => {
  refuse('mail', '535 5.7.8 bad credentials')
  await harness.enrol(names)
  await paused()
  await waitFor(async () => (await harness.rows()).every((row) => row.state !== 'leased'), 'every refusal to be noted')
  harness.receiver.script = () => 'go-on'
  expect((await harness.mail('resume')).text).toContain('Sending has resumed')
  harness.clock.advance(MINUTE + 15_000)
  await arrived(names.length)
  expect((await harness.mail('resume')).text).toContain('nothing has changed')
})

test('a message that alone is refused for its content does not stop the others, and is given up after a day', async () => {
  const bad = 'learner-0@d0.example'
  harness.receiver.script = (verb, { to }) => (verb === 'rcpt' && to === bad ? { reply: '550 5.7.1 spam' } : 'go-on')
  await harness.enrol(names)
  const first = async () => (await harness.rows()).find((row) => row.day === 1)
  for (let hour = 0; hour < 60 && (await first())?.state !== 'expired'; hour += 1) {
    harness.clock.advance(HOUR)
    await sleep(150)
  }
  expect((await first())?.state).toBe('expired')
  const others = () => harness.receiver.taken.filter((message) => message.to !== bad)
  for (let minute = 0; minute < 30 && others().length < names.length - 1; minute += 1) {
    harness.clock.advance(MINUTE + 1_000)
    await sleep(150)
  }
  expect(others().length).toBeGreaterThanOrEqual(names.length - 1)
  await open()
})

test('work that is due while no worker runs makes /readyz fail, an abandoned lease included', async () => {
  await harness.stop()
  await harness.start({ worker: false })
  const [row] = await harness.enrol(['ada'])
  const isReady = () => harness.visitor.get('/readyz').then(({ status }) => status === 200)
  await waitFor(isReady, 'Redis to answer')
  harness.clock.advance(2 * MINUTE)
  const ready = await harness.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain('Is a worker running?')
  const now = harness.clock.now()
  const request = { now, leaseUntil: now + 1_000, owner: 'gone', messageId: 'x@127.0.0.1', day: null }
  expect(await harness.app().ports.store.deliveries.claim(row?.id as number, request)).not.toBeNull()
  expect((await harness.visitor.get('/readyz')).status).toBe(200)
  harness.clock.advance(2 * MINUTE)
  expect((await harness.visitor.get('/readyz')).status).toBe(503)
  await harness.app().startWorker()
  await waitFor(() => harness.taken('ada').length === 1, 'the worker to take it up')
  await waitFor(async () => (await harness.visitor.get('/readyz')).status === 200, 'readiness')
})

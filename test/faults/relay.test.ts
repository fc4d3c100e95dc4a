import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { createHouse, type House } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Verb } from './support/test-relay.ts'
import { startReceiver } from './support/test-relay.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Of four domains: what all of them are refused is the sender’s fault. */
const learners = (count: number) =>
  Array.from({ length: count }, (_, index) => `learner-${index}@d${index % 4}.example`)
const names = learners(12)

let house: House
beforeEach(async () => {
  house = await createHouse()
  await house.start()
})
afterEach(() => house.close())

const state = async () => (await house.app().ports.store.stream.status()).state
const paused = () => waitFor(async () => (await state()) === 'paused', 'the pause')
const open = () => waitFor(async () => (await state()) === 'open', 'mail to flow again')
const refuse = (at: Verb, reply: string) => {
  house.receiver.dropSessions()
  house.receiver.script = (verb) => (verb === at ? { reply } : 'go-on')
}
const arrived = (count: number) =>
  waitFor(
    () => house.receiver.taken.length >= count,
    () => `${count} mails, have ${house.receiver.taken.length}`,
  )

async function expectNobodyBlamed(crowd: readonly string[]): Promise<void> {
  const lessons = (await house.rows()).filter((row) => row.day === 1)
  expect(lessons.map((row) => row.state)).toEqual(lessons.map(() => 'sent'))
  expect(new Set(house.receiver.taken.map((message) => message.messageId)).size).toBe(crowd.length)
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
  await house.enrol(crowd)
  await paused()
  const ready = await house.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain(reply.slice(4, 12))
  expect((await house.mail('status')).text).toContain('Mail is paused')
  await waitFor(async () => (await house.rows()).every((row) => row.state !== 'leased'), 'every refusal to be noted')
  const before = house.receiver.sessions()
  for (let minute = 0; minute < 3; minute += 1) {
    house.clock.advance(MINUTE + 1_000)
    await sleep(300)
  }
  // At most one probe a minute, each with a connection or two.
  expect(house.receiver.sessions() - before).toBeLessThanOrEqual(6)
  expect(house.receiver.taken).toHaveLength(0)

  house.receiver.script = () => 'go-on'
  house.clock.advance(MINUTE + 1_000)
  await open()
  house.clock.advance(20 * MINUTE)
  await arrived(crowd.length)
  await waitFor(
    async () => (await house.rows()).filter((row) => row.state === 'sent').length >= crowd.length,
    'every reply',
  )
  await expectNobodyBlamed(crowd)
  expect((await house.visitor.get('/readyz')).status).toBe(200)
  report({ row: 5, what: `relay: ${reply}, paused and resumed by a probe`, sends: crowd.length, lost: 0, twice: 0 })
})

test('a relay that is away for two days costs no lesson, not even one that is greylisted afterwards', async () => {
  const { port } = house.receiver
  await house.receiver.close()
  await house.enrol(['ada'])
  // One learner only: what is put off must stay near, or nothing is left to probe with.
  for (let minute = 0; minute < 400 && (await state()) === 'open'; minute += 1) {
    house.clock.advance(MINUTE)
    await sleep(60)
  }
  expect(await state()).toBe('paused')
  house.clock.advance(48 * HOUR)
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
      house.clock.advance(MINUTE + 1_000)
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
  await house.enrol(names)
  await paused()
  await waitFor(async () => (await house.rows()).every((row) => row.state !== 'leased'), 'every refusal to be noted')
  house.receiver.script = () => 'go-on'
  expect((await house.mail('resume')).text).toContain('Mail goes out again')
  house.clock.advance(MINUTE + 15_000)
  await arrived(names.length)
  expect((await house.mail('resume')).text).toContain('nothing has changed')
})

test('a message that alone is refused for its content does not stop the others, and is given up after a day', async () => {
  const bad = 'learner-0@d0.example'
  house.receiver.script = (verb, { to }) => (verb === 'rcpt' && to === bad ? { reply: '550 5.7.1 spam' } : 'go-on')
  await house.enrol(names)
  const first = async () => (await house.rows()).find((row) => row.day === 1)
  for (let hour = 0; hour < 60 && (await first())?.state !== 'expired'; hour += 1) {
    house.clock.advance(HOUR)
    await sleep(150)
  }
  expect((await first())?.state).toBe('expired')
  const others = () => house.receiver.taken.filter((message) => message.to !== bad)
  for (let minute = 0; minute < 30 && others().length < names.length - 1; minute += 1) {
    house.clock.advance(MINUTE + 1_000)
    await sleep(150)
  }
  expect(others().length).toBeGreaterThanOrEqual(names.length - 1)
  await open()
})

test('work that is due while no worker runs makes /readyz fail, an abandoned lease included', async () => {
  await house.stop()
  await house.start({ worker: false })
  const [row] = await house.enrol(['ada'])
  const isReady = () => house.visitor.get('/readyz').then(({ status }) => status === 200)
  await waitFor(isReady, 'Redis to answer')
  house.clock.advance(2 * MINUTE)
  const ready = await house.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain('Is a worker running?')
  const now = house.clock.now()
  const request = { now, leaseUntil: now + 1_000, owner: 'gone', messageId: 'x@127.0.0.1', day: null }
  expect(await house.app().ports.store.deliveries.claim(row?.id as number, request)).not.toBeNull()
  expect((await house.visitor.get('/readyz')).status).toBe(200)
  house.clock.advance(2 * MINUTE)
  expect((await house.visitor.get('/readyz')).status).toBe(503)
  await house.app().startWorker()
  await waitFor(() => house.taken('ada').length === 1, 'the worker to take it up')
  await waitFor(async () => (await house.visitor.get('/readyz')).status === 200, 'readiness')
})

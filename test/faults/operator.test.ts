import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { NEVER } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'

const QUARTER = 15 * 60_000

let harness: InProcessHarness
beforeEach(async () => {
  harness = await createInProcessHarness()
  await harness.start({ overrides: { smtpSilenceMs: 300 } })
})
afterEach(() => harness.close())

/** Messages taken, and never answered, twice: they wait for a person. */
async function leaveUnconfirmed(names: readonly string[]): Promise<readonly number[]> {
  harness.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  const planned = await harness.enrol(names)
  const ids = planned.filter((row) => row.day === 1).map((row) => row.id)
  const mine = async () => (await harness.rows()).filter((row) => ids.includes(row.id))
  await waitFor(async () => (await mine()).every((row) => row.state === 'unconfirmed'), 'the first loss')
  harness.clock.advance(QUARTER)
  await waitFor(
    async () => (await mine()).every((row) => row.state === 'unconfirmed' && row.dueAt === NEVER),
    'the second',
  )
  harness.receiver.script = () => 'go-on'
  return ids
}

test('every unconfirmed delivery is listed, with what to look it up by in the log of the relay', async () => {
  const ids = await leaveUnconfirmed(['ada', 'ben', 'cleo'])
  const { text, status } = await harness.mail('unconfirmed')
  expect(status).toBe(0)
  for (const id of ids) expect(text).toMatch(new RegExp(`^\\s*${id}  enrolment \\d+  lesson 1  2026-\\S+  \\S+@`, 'm'))
  for (const message of harness.receiver.taken) expect(text).toContain(message.messageId)
  // An operator's terminal shows no addresses.
  expect(text).not.toContain('ada@')
})

test('"it arrived" settles it; "send again" brings one identical copy and asks again where that is lost too', async () => {
  const [arrived, again, lostAgain] = await leaveUnconfirmed(['ada', 'ben', 'cleo'])
  expect((await harness.mail('arrived', String(arrived))).text).toBe(`${arrived}: arrived`)
  await harness.mail('again', String(again))
  await waitFor(() => harness.taken('ben').length === 3, 'the copy')
  await waitFor(async () => (await harness.rows()).find((row) => row.id === again)?.state === 'sent', 'its reply')
  harness.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  await harness.mail('again', String(lostAgain))
  await waitFor(() => harness.taken('cleo').length === 3, 'the copy that is lost again')
  harness.receiver.script = () => 'go-on'
  harness.clock.advance(3 * QUARTER)
  await sleep(400)
  expect(harness.taken('ada')).toHaveLength(2)
  expect(harness.taken('ben')).toHaveLength(3)
  expect(harness.taken('cleo')).toHaveLength(3)
  expect(new Set(harness.receiver.taken.filter((one) => one.to.startsWith('ben')).map((one) => one.hash)).size).toBe(1)
  expect((await harness.mail('unconfirmed')).text).toContain(` ${lostAgain}  enrolment`)
})

test('all at once, and what is not unconfirmed says so', async () => {
  const ids = await leaveUnconfirmed(['ada', 'ben'])
  expect(await harness.mail('arrived', 'all')).toEqual({
    text: ids.map((id) => `${id}: arrived`).join('\n'),
    status: 0,
  })
  expect((await harness.mail('unconfirmed')).text).toBe('No delivery is unconfirmed.')
  expect((await harness.mail('arrived', String(ids[0]))).status).toBe(1)
  expect((await harness.mail('again', 'x')).status).toBe(2)
  expect((await harness.mail('nonsense')).text).toContain('npm run mail')
})

test('nothing is sent again to somebody who has stopped meanwhile, and nothing stays due for ever', async () => {
  const [id] = await leaveUnconfirmed(['ada'])
  const { store, clock } = harness.app().ports
  const row = await store.deliveries.byId(id as number)
  await store.suppressions.add(row?.learnerId as number, 'complaint', clock.now())
  expect((await harness.mail('again', String(id))).text).toContain('no longer receives email')
  harness.clock.advance(QUARTER)
  await sleep(300)
  expect(harness.taken('ada')).toHaveLength(2)
  expect((await harness.visitor.get('/readyz')).status).toBe(200)
})

test('a resend that waits when the address is suppressed is called off, and /readyz does not mind it', async () => {
  harness.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  const [row] = await harness.enrol(['ada'])
  const current = async () => (await harness.rows()).find(({ id }) => id === row?.id)
  await waitFor(async () => (await current())?.state === 'unconfirmed', 'the loss')
  harness.receiver.script = () => 'go-on'
  await harness.app().ports.store.suppressions.add(row?.learnerId as number, 'complaint', harness.clock.now())
  harness.clock.advance(QUARTER)
  await waitFor(async () => (await current())?.dueAt === NEVER, 'the resend to be called off')
  expect((await current())?.state).toBe('unconfirmed')
  harness.clock.advance(QUARTER)
  expect((await harness.visitor.get('/readyz')).status).toBe(200)
  expect(harness.taken('ada')).toHaveLength(1)
})

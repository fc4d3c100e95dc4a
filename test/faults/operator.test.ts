import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { NEVER } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { createHouse, type House } from './support/in-process-harness.ts'

const QUARTER = 15 * 60_000

let house: House
beforeEach(async () => {
  house = await createHouse()
  await house.start({ overrides: { smtpSilenceMs: 300 } })
})
afterEach(() => house.close())

/** Messages taken, and never answered, twice: they wait for a person. */
async function leaveUnconfirmed(names: readonly string[]): Promise<readonly number[]> {
  house.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  const planned = await house.enrol(names)
  const ids = planned.filter((row) => row.day === 1).map((row) => row.id)
  const mine = async () => (await house.rows()).filter((row) => ids.includes(row.id))
  await waitFor(async () => (await mine()).every((row) => row.state === 'unconfirmed'), 'the first loss')
  house.clock.advance(QUARTER)
  await waitFor(
    async () => (await mine()).every((row) => row.state === 'unconfirmed' && row.dueAt === NEVER),
    'the second',
  )
  house.receiver.script = () => 'go-on'
  return ids
}

test('every unconfirmed delivery is listed, with what to look it up by in the log of the relay', async () => {
  const ids = await leaveUnconfirmed(['ada', 'ben', 'cleo'])
  const { text, status } = await house.mail('unconfirmed')
  expect(status).toBe(0)
  for (const id of ids) expect(text).toMatch(new RegExp(`^\\s*${id}  enrolment \\d+  lesson 1  2026-\\S+  \\S+@`, 'm'))
  for (const message of house.receiver.taken) expect(text).toContain(message.messageId)
  // An operator's terminal shows no addresses.
  expect(text).not.toContain('ada@')
})

test('"it arrived" settles it; "send again" brings one identical copy and asks again where that is lost too', async () => {
  const [arrived, again, lostAgain] = await leaveUnconfirmed(['ada', 'ben', 'cleo'])
  expect((await house.mail('arrived', String(arrived))).text).toBe(`${arrived}: arrived`)
  await house.mail('again', String(again))
  await waitFor(() => house.taken('ben').length === 3, 'the copy')
  await waitFor(async () => (await house.rows()).find((row) => row.id === again)?.state === 'sent', 'its reply')
  house.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  await house.mail('again', String(lostAgain))
  await waitFor(() => house.taken('cleo').length === 3, 'the copy that is lost again')
  house.receiver.script = () => 'go-on'
  house.clock.advance(3 * QUARTER)
  await sleep(400)
  expect(house.taken('ada')).toHaveLength(2)
  expect(house.taken('ben')).toHaveLength(3)
  expect(house.taken('cleo')).toHaveLength(3)
  expect(new Set(house.receiver.taken.filter((one) => one.to.startsWith('ben')).map((one) => one.hash)).size).toBe(1)
  expect((await house.mail('unconfirmed')).text).toContain(` ${lostAgain}  enrolment`)
})

test('all at once, and what is not unconfirmed says so', async () => {
  const ids = await leaveUnconfirmed(['ada', 'ben'])
  expect(await house.mail('arrived', 'all')).toEqual({ text: ids.map((id) => `${id}: arrived`).join('\n'), status: 0 })
  expect((await house.mail('unconfirmed')).text).toBe('No delivery is unconfirmed.')
  expect((await house.mail('arrived', String(ids[0]))).status).toBe(1)
  expect((await house.mail('again', 'x')).status).toBe(2)
  expect((await house.mail('nonsense')).text).toContain('npm run mail')
})

test('nothing is sent again to somebody who has stopped meanwhile, and nothing stays due for ever', async () => {
  const [id] = await leaveUnconfirmed(['ada'])
  const { store, clock } = house.app().ports
  const row = await store.deliveries.byId(id as number)
  await store.suppressions.add(row?.learnerId as number, 'complaint', clock.now())
  expect((await house.mail('again', String(id))).text).toContain('takes no mail any more')
  house.clock.advance(QUARTER)
  await sleep(300)
  expect(house.taken('ada')).toHaveLength(2)
  expect((await house.visitor.get('/readyz')).status).toBe(200)
})

test('a resend that waits when the address is suppressed is called off, and /readyz does not mind it', async () => {
  house.receiver.script = (verb) => (verb === 'dot' ? 'take-and-drop' : 'go-on')
  const [row] = await house.enrol(['ada'])
  const current = async () => (await house.rows()).find(({ id }) => id === row?.id)
  await waitFor(async () => (await current())?.state === 'unconfirmed', 'the loss')
  house.receiver.script = () => 'go-on'
  await house.app().ports.store.suppressions.add(row?.learnerId as number, 'complaint', house.clock.now())
  house.clock.advance(QUARTER)
  await waitFor(async () => (await current())?.dueAt === NEVER, 'the resend to be called off')
  expect((await current())?.state).toBe('unconfirmed')
  house.clock.advance(QUARTER)
  expect((await house.visitor.get('/readyz')).status).toBe(200)
  expect(house.taken('ada')).toHaveLength(1)
})

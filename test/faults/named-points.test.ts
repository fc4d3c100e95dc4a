import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import type { Delivery } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { isFullMatrix, matrix, patience } from '../trial-sizes.ts'
import type { Point } from './support/fault-points.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Role, Service } from './support/service.ts'
import type { Verb } from './support/test-relay.ts'

jest.setTimeout(patience)

const RESEND_MS = 1_000

let harness: MultiProcessHarness
let spare: Service
let service: Service

beforeAll(async () => {
  harness = await createMultiProcessHarness({
    receiver: { pipelining: false, keep: () => true },
    env: { FAULT_SWEEP_MS: '100', FAULT_RESEND_MS: String(RESEND_MS) },
  })
  spare = harness.spawn()
})
afterAll(() => harness.close())

/** The next process takes over, and another is made ready. */
async function next(role: Role): Promise<number> {
  const startedAt = performance.now()
  service = spare
  await service.start(role)
  spare = harness.spawn()
  return startedAt
}

/** Ends once the trap is set; `caught` once the process is to die. */
type SetTrap = () => Promise<{ readonly caught: Promise<void> }>
type Trial = [name: string, setTrap: SetTrap, state: string]
type Ambiguous = [name: string, setTrap: SetTrap, copies: number]

describe('a worker killed', () => {
  beforeAll(() => next('worker').then(() => {}))
  afterAll(() => service.kill())

  const copiesOf = (row: Delivery) => harness.receiver.taken.filter((message) => message.messageId === row.messageId)

  /** A row that is there before its trap may be sent without one. */
  async function killed(setTrap: SetTrap): Promise<{ row: Delivery; left: Delivery; startedAt: number }> {
    const { caught } = await setTrap()
    const [row] = await harness.seed(1, { wakeUps: false })
    await caught
    await service.kill()
    const left = (await harness.store.deliveries.byId(row?.id as number)) as Delivery
    return { row: row as Delivery, left, startedAt: await next('worker') }
  }
  const atPoint = (point: Point) => async () => {
    const caught = service.reached(point)
    await service.tell({ do: 'trap', at: point, act: 'halt' })
    return { caught }
  }
  const atVerb = (verb: Verb) => async () => ({
    caught: new Promise<void>((resolve) => {
      harness.receiver.dropSessions()
      harness.receiver.script = (at) => {
        if (at !== verb) return 'go-on'
        harness.receiver.script = () => 'go-on'
        const gone = service.kill()
        gone.then(resolve)
        return { after: gone }
      }
    }),
  })

  const beforeTheClaim: Trial = ['before the claim', atPoint('claim:before'), 'planned']
  const afterTheClaim: Trial = ['after the claim', atPoint('claim:after'), 'leased']
  const atData: Trial = ['at DATA', atVerb('data'), 'leased']
  const beforeHandover: Trial = ['before the handover, its last byte held back', atPoint('handover:before'), 'leased']
  // The relay has as much in hand at MAIL, at RCPT and at DATA as when the last byte is held back: nothing to send on.
  const free = matrix<Trial>({
    gate: [beforeTheClaim, afterTheClaim, beforeHandover],
    full: [
      beforeTheClaim,
      afterTheClaim,
      ['at MAIL', atVerb('mail'), 'leased'],
      ['at RCPT', atVerb('rcpt'), 'leased'],
      atData,
      beforeHandover,
    ],
  })
  test.each(free)('%s: sent at once by the next, one copy', async (name, setTrap, state) => {
    const { row, left, startedAt } = await killed(setTrap)
    expect({ state: left.state, handedOverAt: left.handedOverAt }).toEqual({ state, handedOverAt: null })
    const sent = await harness.waitForState(row.id, 'sent')
    const recoveryMs = Math.round(performance.now() - startedAt)
    expect(sent.resends).toBe(0)
    expect(copiesOf(sent)).toHaveLength(1)
    report({ row: 2, what: `worker killed ${name}`, sends: 1, kills: 1, twice: 0, lost: 0, recoveryMs })
  })

  const unsent: Ambiguous = ['after the handover, the last byte unsent', atPoint('handover:after'), 1]
  const noReply: Ambiguous = ['after the final dot, before the reply', atVerb('dot'), 2]
  const notCommitted: Ambiguous = ['after the reply, the record not committed', atPoint('settle:uncommitted'), 2]
  // What is not committed leaves as much behind as what was never written.
  const ambiguous = matrix<Ambiguous>({
    gate: [unsent, noReply, notCommitted],
    full: [unsent, noReply, ['after the reply, nothing recorded', atPoint('settle:before'), 2], notCommitted],
  })
  test.each(ambiguous)('%s: unconfirmed, and sent once more, identical', async (name, setTrap, copies) => {
    const { row, left, startedAt } = await killed(setTrap)
    expect(left.state).toBe('leased')
    expect(left.handedOverAt).not.toBeNull()
    const unconfirmed = await harness.waitForState(row.id, 'unconfirmed')
    const recoveryMs = Math.round(performance.now() - startedAt)
    expect(copiesOf(unconfirmed)).toHaveLength(copies - 1)
    const sent = await harness.waitForState(row.id, 'sent')
    expect(sent.resends).toBe(1)
    expect(copiesOf(sent)).toHaveLength(copies)
    expect(new Set(copiesOf(sent).map((message) => message.hash)).size).toBe(1)
    report({ row: 2, what: `worker killed ${name}`, sends: copies, kills: 1, twice: copies - 1, lost: 0, recoveryMs })
  })

  test('in the middle of the body: one copy, whichever side of the handover it was', async () => {
    const { row } = await killed(atVerb('body'))
    const sent = await harness.waitForState(row.id, 'sent')
    const copies = copiesOf(sent)
    // The bytes may all have left while the kill was on its way.
    expect(copies.length).toBe(copies[0]?.answered ? 1 : 2)
    expect(new Set(copies.map((message) => message.hash)).size).toBe(1)
    report({
      row: 2,
      what: 'worker killed mid-body',
      sends: copies.length,
      kills: 1,
      twice: copies.length - 1,
      lost: 0,
    })
  })

  test('after the record: sent, one copy', async () => {
    const { row, left } = await killed(atPoint('settle:committed'))
    expect(left.state).toBe('sent')
    // Long enough for a wrong resend.
    await new Promise((resolve) => setTimeout(resolve, RESEND_MS + 500))
    expect(copiesOf(left)).toHaveLength(1)
    expect((await harness.store.deliveries.byId(row.id))?.state).toBe('sent')
    report({ row: 2, what: 'worker killed after the record', sends: 1, kills: 1, twice: 0, lost: 0 })
  })
})

describe('a site killed', () => {
  beforeAll(() => next('both').then(() => {}))
  afterAll(() => service.kill())

  const post = (url: string, body: object) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    }).then(
      (response) => response.status,
      () => null,
    )
  const signUp = (email: string) => post(`${harness.url}/sign-up`, { email, timeZone: 'Europe/Berlin', hour: 7 })

  async function killedAt(point: Point, work: () => Promise<number | null>): Promise<void> {
    await service.tell({ do: 'trap', at: point, act: 'halt' })
    const answer = work()
    await service.reached(point)
    await service.kill()
    expect(await answer).toBeNull()
    await next('both')
  }

  async function linkOf(email: string): Promise<string> {
    const mail = () => harness.receiver.taken.find((message) => message.to === email)
    await waitFor(() => mail() !== undefined, `a mail to ${email}`)
    const { text } = await PostalMime.parse(mail()?.raw ?? '')
    return /http\S+\/confirm\/[\w.~-]+/.exec(text ?? '')?.[0] ?? ''
  }
  async function linkTo(email: string): Promise<string> {
    expect(await signUp(email)).toBe(200)
    return linkOf(email)
  }
  const countRows = async () => (await harness.all()).length

  test('before the sign-up is committed: nothing is kept, and asking again works', async () => {
    const before = await countRows()
    await killedAt('sign-up:uncommitted', () => signUp('first@example.test'))
    expect(await countRows()).toBe(before)
    expect(await signUp('first@example.test')).toBe(200)
    expect(await linkOf('first@example.test')).toContain('/confirm/')
    report({ row: 2, what: 'site killed before the sign-up commits', kills: 1, lost: 0, twice: 0 })
  })

  // In the gate one act is cut off before its commit, and the other after it.
  if (isFullMatrix) {
    test('after the sign-up is committed and before the answer: the mail comes all the same', async () => {
      await killedAt('sign-up:committed', () => signUp('second@example.test'))
      expect(await linkOf('second@example.test')).toContain('/confirm/')
      report({ row: 2, what: 'site killed after the sign-up commits', kills: 1, lost: 0, twice: 0 })
    })

    test('before the confirmation is committed: nothing is planned, and pressing again works', async () => {
      const link = await linkTo('third@example.test')
      const before = await countRows()
      await killedAt('confirm:uncommitted', () => post(link, {}))
      expect(await countRows()).toBe(before)
      expect(await post(link, {})).toBe(200)
      expect(await countRows()).toBe(before + 3)
      report({ row: 2, what: 'site killed before the confirmation commits', kills: 1, lost: 0, twice: 0 })
    })
  }

  test('after the confirmation is committed and before the answer: every lesson is planned, pressing again adds none', async () => {
    const link = await linkTo('fourth@example.test')
    const before = await countRows()
    await killedAt('confirm:committed', () => post(link, {}))
    expect(await countRows()).toBe(before + 3)
    expect(await post(link, {})).toBe(200)
    expect(await countRows()).toBe(before + 3)
    report({ row: 2, what: 'site killed after the confirmation commits', kills: 1, lost: 0, twice: 0 })
  })
})

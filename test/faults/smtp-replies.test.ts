import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Delivery } from '../../src/core/model.ts'
import { NEVER } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { matrix, patience } from '../trial-sizes.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Service } from './support/service.ts'
import type { Action, Receiver, Taken, Verb } from './support/test-relay.ts'
import { startReceiver } from './support/test-relay.ts'

jest.setTimeout(patience)

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe.each([{ pipelining: false }, { pipelining: true }])('a relay, pipelining $pipelining', ({ pipelining }) => {
  let harness: MultiProcessHarness
  let worker: Service
  let offset = 0

  beforeAll(async () => {
    harness = await createMultiProcessHarness({
      receiver: { pipelining },
      env: { FAULT_SILENCE_MS: '700', FAULT_SWEEP_MS: '100' },
    })
    worker = await harness.run('worker')
  })
  afterAll(() => harness.close())
  afterEach(async () => {
    harness.receiver.script = () => 'go-on'
    // What a trial left waiting must not speak in the next.
    await waitFor(
      async () => (await harness.store.sendingState.status()).state === 'open',
      'mail to flow again',
      40_000,
    ).catch(() => {})
  })

  /** Moves the worker's clock; its sweep looks ten times a second. */
  const later = async (ms: number) => {
    offset += ms
    await worker.tell({ do: 'clock', offset })
  }
  const seedOne = async (): Promise<Delivery> => {
    const [row] = await harness.seed(1, { dueAt: Date.now() + offset, wakeUps: false })
    return row as Delivery
  }
  const copiesOf = async (row: Delivery): Promise<Taken[]> => {
    const { messageId } = (await harness.store.deliveries.byId(row.id)) as Delivery
    return harness.receiver.taken.filter((message) => message.messageId === messageId)
  }
  /** At this verb, the first `times` times, and everything goes on after. */
  const doAt = (receiver: Receiver, verb: Verb, action: Action | (() => Action), times = 1) => {
    let left = times
    receiver.dropSessions()
    receiver.script = (at) => {
      if (at !== verb || left === 0) return 'go-on'
      left -= 1
      return typeof action === 'function' ? action() : action
    }
  }

  describe('drops the connection', () => {
    test.each<Verb>(['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body'])(
      'at %s: nothing was accepted, the retry brings the only copy',
      async (verb) => {
        doAt(harness.receiver, verb, 'drop')
        const row = await seedOne()
        if (verb === 'body') {
          // Whether the handover was made before the loss was noticed decides between the two; neither brings a copy.
          await waitFor(
            async () =>
              ['deferred', 'unconfirmed'].includes((await harness.store.deliveries.byId(row.id))?.state ?? ''),
            'the loss',
          )
          expect(await copiesOf(row)).toHaveLength(0)
          await later(15 * MINUTE)
        } else {
          const deferred = await harness.waitForState(row.id, 'deferred')
          expect(deferred.attempt).toBe(1)
          expect(await copiesOf(row)).toHaveLength(0)
          await later(73_000)
        }
        await harness.waitForState(row.id, 'sent')
        expect(await copiesOf(row)).toHaveLength(1)
        report({
          row: 3,
          what: `connection dropped at ${verb}${pipelining ? ', pipelining' : ''}`,
          sends: 1,
          twice: 0,
          lost: 0,
        })
      },
    )

    test('after the final dot: one identical resend, and never a third', async () => {
      doAt(harness.receiver, 'dot', 'take-and-drop', 9)
      const row = await seedOne()
      const unconfirmed = await harness.waitForState(row.id, 'unconfirmed')
      expect(await copiesOf(row)).toHaveLength(1)
      // Not before its time.
      await later(14 * MINUTE)
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect(await copiesOf(row)).toHaveLength(1)
      await later(MINUTE)
      await waitFor(async () => (await harness.store.deliveries.byId(row.id))?.dueAt === NEVER, 'a person to be asked')
      await later(30 * 24 * HOUR)
      await new Promise((resolve) => setTimeout(resolve, 400))
      const copies = await copiesOf(row)
      expect(copies).toHaveLength(2)
      expect(copies[1]?.hash).toBe(copies[0]?.hash)
      expect(unconfirmed.resends).toBe(0)
      report({
        row: 3,
        what: `dropped after the final dot, twice${pipelining ? ', pipelining' : ''}`,
        sends: 1,
        twice: 1,
        more: 0,
        lost: 0,
      })
    })
  })

  describe('puts off', () => {
    const verbs: Verb[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'dot']
    const replies = ['421 4.3.2 closing', '450 4.2.0 try again'] as const
    // In the gate each verb meets one reply with pipelining, and the other without.
    const cases = verbs.flatMap((verb, at) =>
      matrix({ gate: [replies[(at + Number(pipelining)) % 2] as string], full: replies }).map(
        (reply) => [verb, reply] as const,
      ),
    )
    test.each(cases)('at %s with "%s": deferred, then delivered', async (verb, reply) => {
      // A client that is refused at EHLO tries HELO first.
      doAt(harness.receiver, verb, { reply }, verb === 'ehlo' && reply.startsWith('450') ? 2 : 1)
      const row = await seedOne()
      await harness.waitForState(row.id, 'deferred')
      expect(await copiesOf(row)).toHaveLength(0)
      expect((await harness.store.sendingState.status()).state).toBe('open')
      await later(73_000)
      await harness.waitForState(row.id, 'sent')
      expect(await copiesOf(row)).toHaveLength(1)
      report({
        row: 4,
        what: `${reply.slice(0, 3)} at ${verb}${pipelining ? ', pipelining' : ''}`,
        sends: 1,
        twice: 0,
        lost: 0,
      })
    })

    test('three times, as greylisting does: delivered at the fourth try', async () => {
      const row = await seedOne()
      doAt(harness.receiver, 'rcpt', { reply: '450 4.2.0 greylisted' }, 3)
      for (const [attempt, wait] of [MINUTE, 5 * MINUTE, 15 * MINUTE].entries()) {
        await waitFor(
          async () => {
            const now = await harness.store.deliveries.byId(row.id)
            return now?.state === 'deferred' && now.attempt === attempt + 1
          },
          `refusal ${attempt + 1}`,
        )
        await later(wait * 1.2)
      }
      expect(await harness.waitForState(row.id, 'sent')).toMatchObject({ attempt: 4 })
      expect(await copiesOf(row)).toHaveLength(1)
      report({ row: 4, what: `greylisted three times${pipelining ? ', pipelining' : ''}`, sends: 1, twice: 0, lost: 0 })
    })

    test('one learner, and the next one on the same connection gets the lesson at once', async () => {
      doAt(harness.receiver, 'rcpt', { reply: '450 4.2.0 try again' })
      const put = await seedOne()
      await harness.waitForState(put.id, 'deferred')
      const next = await seedOne()
      await harness.waitForState(next.id, 'sent')
      expect((await harness.store.sendingState.status()).state).toBe('open')
      await later(73_000)
      await harness.waitForState(put.id, 'sent')
    })
  })

  describe('refuses', () => {
    test('550 5.1.1: this address is suppressed, others are not', async () => {
      doAt(harness.receiver, 'rcpt', { reply: '550 5.1.1 no such user' })
      const row = await seedOne()
      await harness.waitForState(row.id, 'failed')
      expect(await harness.store.deliveries.mayBeSent(row.id)).toBe(false)
      const other = await seedOne()
      await harness.waitForState(other.id, 'sent')
      expect((await harness.store.sendingState.status()).state).toBe('open')
      expect(await copiesOf(row)).toHaveLength(0)
      report({ row: 5, what: '550 5.1.1: suppressed', sends: 2, twice: 0, lost: 0 })
    })

    test('552 5.2.2: tried again later, and the person is not written off', async () => {
      doAt(harness.receiver, 'rcpt', { reply: '552 5.2.2 mailbox full' })
      const row = await seedOne()
      await harness.waitForState(row.id, 'deferred')
      expect(await harness.store.deliveries.mayBeSent(row.id)).toBe(true)
      await later(5 * HOUR)
      await harness.waitForState(row.id, 'sent')
      expect(await copiesOf(row)).toHaveLength(1)
      report({ row: 5, what: '552 5.2.2: later', sends: 1, twice: 0, lost: 0 })
    })

    test.each(['rcpt', 'dot'] as const)(
      '550 5.7.26 at %s: sending pauses once all recipients get it, nobody is blamed, one probe opens it',
      async (verb) => {
        doAt(harness.receiver, verb, { reply: '550 5.7.26 unauthenticated mail' }, 1_000)
        const rows: Delivery[] = []
        // Of four domains; the fifth refusal shows that it is not about one recipient.
        for (let count = 0; count < 6; count += 1) rows.push(await seedOne())
        await waitFor(async () => (await harness.store.sendingState.status()).state === 'paused', 'the pause')
        await new Promise((resolve) => setTimeout(resolve, 300))
        for (const row of await harness.rows(rows)) expect(['planned', 'deferred', 'leased']).toContain(row.state)
        expect((await harness.store.sendingState.status()).reason).toContain('5.7.26')
        const waiting = await seedOne()
        const sessions = harness.receiver.sessions()
        await new Promise((resolve) => setTimeout(resolve, 400))
        expect(harness.receiver.sessions()).toBe(sessions)

        harness.receiver.script = () => 'go-on'
        // The probe is one that was not refused; then what was refused comes at its own time.
        await later(80_000)
        await waitFor(async () => (await harness.store.sendingState.status()).state === 'open', 'the probe to open it')
        await later(10 * MINUTE)
        for (const row of [...rows, waiting]) {
          await harness.waitForState(row.id, 'sent')
          expect(await harness.store.deliveries.mayBeSent(row.id)).toBe(true)
          expect(await copiesOf(row)).toHaveLength(1)
        }
        report({ row: 5, what: `550 5.7.26 at ${verb}: paused, resumed by one probe`, sends: 7, twice: 0, lost: 0 })
      },
    )

    test('550 5.7.1 at rcpt for three learners alone: they go aside, and nobody else waits', async () => {
      const bad: Delivery[] = []
      doAt(harness.receiver, 'rcpt', { reply: '550 5.7.1 rejected by policy' }, 3)
      for (let count = 0; count < 3; count += 1) bad.push(await seedOne())
      for (const row of bad) await harness.waitForState(row.id, 'deferred')
      expect((await harness.store.sendingState.status()).state).toBe('open')
      const other = await seedOne()
      await harness.waitForState(other.id, 'sent')
      await later(80_000)
      for (const row of bad) await harness.waitForState(row.id, 'sent')
    })
  })

  describe('is slow to answer the final dot', () => {
    test('beyond the silence we bear: unconfirmed, one identical resend at the most', async () => {
      doAt(harness.receiver, 'dot', () => ({ after: new Promise((resolve) => setTimeout(resolve, 1_500)) }), 9)
      const row = await seedOne()
      await harness.waitForState(row.id, 'unconfirmed')
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      expect(await copiesOf(row)).toHaveLength(1)
      await later(15 * MINUTE)
      await waitFor(async () => (await copiesOf(row)).length === 2, 'the resend')
      await waitFor(async () => (await harness.store.deliveries.byId(row.id))?.dueAt === NEVER, 'a person to be asked')
      await later(3 * 24 * HOUR)
      await new Promise((resolve) => setTimeout(resolve, 400))
      const copies = await copiesOf(row)
      expect(copies).toHaveLength(2)
      expect(copies[1]?.hash).toBe(copies[0]?.hash)
      report({
        row: 6,
        what: `reply after the silence, twice${pipelining ? ', pipelining' : ''}`,
        sends: 1,
        twice: 1,
        more: 0,
        lost: 0,
      })
    })

    test('within the silence: sent, one copy', async () => {
      doAt(harness.receiver, 'dot', { after: new Promise((resolve) => setTimeout(resolve, 400)) })
      const row = await seedOne()
      await harness.waitForState(row.id, 'sent')
      expect(await copiesOf(row)).toHaveLength(1)
    })
  })
})

test('wrong credentials (535) pause the stream, and mended ones send everything', async () => {
  const strict = await startReceiver({ auth: true })
  const harness = await createMultiProcessHarness({ env: { SMTP_URL: strict.url, FAULT_SWEEP_MS: '100' } })
  try {
    strict.script = (verb) => (verb === 'auth' ? { reply: '535 5.7.8 bad credentials' } : 'go-on')
    const rows = await harness.seed(3, { wakeUps: false })
    const worker = await harness.run('worker')
    await waitFor(async () => (await harness.store.sendingState.status()).state === 'paused', 'the pause')
    expect((await harness.store.sendingState.status()).reason).toContain('535')
    strict.script = () => 'go-on'
    await worker.tell({ do: 'clock', offset: 80_000 })
    await waitFor(
      async () => (await harness.store.sendingState.status()).state === 'open',
      'the probe to open the stream',
    )
    await worker.tell({ do: 'clock', offset: 20 * MINUTE })
    for (const row of rows) await harness.waitForState(row.id, 'sent')
    expect(strict.taken).toHaveLength(3)
    for (const row of rows) expect(await harness.store.deliveries.mayBeSent(row.id)).toBe(true)
    report({ row: 5, what: '535: paused, resumed by one probe', sends: 3, twice: 0, lost: 0 })
  } finally {
    await harness.close()
    await strict.close()
  }
})

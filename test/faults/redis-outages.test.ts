import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/flow/ports/ports.ts'
import { waitFor } from '../support/wait-for.ts'
import { read } from '../trial-sizes.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

/** The sweep's real beat is 15 s, and what is promised is 30 s; the tests of every day run ten times as fast. */
const SWEEP_MS = read('FAULTS_SWEEP_MS', 900)
const OUTAGES_S = (process.env.FAULTS_OUTAGES ?? '0.5,4').split(',').map(Number)
const RECOVERY_MS = 2 * SWEEP_MS
/** BullMQ's own pause after an error, and a slow machine's share. */
const SLACK_MS = 3_000
const SLOWEST_REQUEST_MS = 2_500
const machine: Clock = { now: () => Date.now() }
/** Time that a trial may take. */
const LIMIT_MS = 60_000 + 12 * SWEEP_MS
const LONGEST_MS = Math.max(...OUTAGES_S) * 1_000 + LIMIT_MS

let harness: InProcessHarness
let people = 0

beforeEach(async () => {
  harness = await createInProcessHarness()
})
afterEach(() => harness.close(), 30_000)

const start = () => harness.start({ clock: machine, overrides: { sweepEveryMs: SWEEP_MS } })

/** Signs up over HTTP, and confirms with the mail's link. The slowest answer and the longest wait for a mail, ms. */
async function join(patienceMs: number): Promise<{ slowest: number; latest: number }> {
  people += 1
  const email = `person-${people}@example.test`
  const mine = () => harness.receiver.taken.filter((message) => message.to === email)
  const waitForMail = async (count: number) => {
    const begun = performance.now()
    await waitFor(() => mine().length >= count, `mail ${count} to ${email}`, patienceMs)
    return performance.now() - begun
  }
  const signedUp = await timed(() => harness.visitor.post('/sign-up', { email, timeZone: 'UTC', hour: '7' }))
  const first = await waitForMail(1)
  const link = /\/confirm\/[\w-]+/.exec((mine()[0]?.raw ?? '').toString('latin1').replaceAll('=\r\n', ''))?.[0] ?? ''
  const confirmed = await timed(() => harness.visitor.post(link))
  const second = await waitForMail(2)
  return { slowest: Math.max(signedUp, confirmed), latest: Math.max(first, second) }
}

async function timed(ask: () => Promise<{ status: number }>): Promise<number> {
  const begun = performance.now()
  const { status } = await ask()
  expect(status).toBe(200)
  return performance.now() - begun
}

/** How long until a wake-up through Redis alone, without the help of a sweep, delivers again. */
async function untilQueueWorks(): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const from = performance.now()
    await join(RECOVERY_MS * 2 + SLACK_MS)
    // Two mails through the sweep take about a sweep each.
    if (performance.now() - from < SWEEP_MS * 0.8) return from - begun
    if (performance.now() - begun > LIMIT_MS) throw new Error('The queue does not come back.')
  }
}

function expectOneCopyEach(): void {
  const ids = harness.receiver.taken.map((message) => message.messageId)
  expect(new Set(ids).size).toBe(ids.length)
}

async function waitingJobs(): Promise<number> {
  return Number(await harness.redis.ask('ZCARD', `${harness.app().queuePrefix}:lessons:delayed`))
}

describe('Redis is down', () => {
  test.each(OUTAGES_S)(
    'for %s s: people sign up and confirm meanwhile, and the queue works again by itself',
    async (seconds) => {
      await start()
      await join(10_000)
      await harness.redis.kill()
      const down = performance.now()
      let slowest = 0
      let latest = 0
      do {
        const one = await join(RECOVERY_MS + SLACK_MS)
        slowest = Math.max(slowest, one.slowest)
        latest = Math.max(latest, one.latest)
      } while (performance.now() - down < seconds * 1_000)
      await harness.redis.start()
      const recovery = await untilQueueWorks()
      expect(slowest).toBeLessThan(SLOWEST_REQUEST_MS)
      expect(recovery).toBeLessThan(RECOVERY_MS + SLACK_MS)
      await waitFor(
        async () => (await waitingJobs()) === (await plannedAhead()),
        'every lesson to have its wake-up',
        RECOVERY_MS + SLACK_MS,
      )
      expectOneCopyEach()
      report({
        row: 10,
        what: `Redis down for ${seconds} s`,
        sends: harness.receiver.taken.length,
        lost: 0,
        twice: 0,
        latestMs: Math.round(latest),
        recoveryMs: Math.round(recovery),
        note: `slowest request ${Math.round(slowest)} ms`,
      })
    },
    LONGEST_MS,
  )

  test(
    'and started empty: what it forgot is planned again',
    async () => {
      await start()
      await join(10_000)
      await harness.redis.kill()
      await sleep(300)
      await harness.redis.start({ empty: true })
      const begun = performance.now()
      await waitFor(
        async () => (await waitingJobs()) === (await plannedAhead()),
        'the horizon to be planned again',
        RECOVERY_MS + SLACK_MS,
      )
      const recovery = performance.now() - begun
      await untilQueueWorks()
      expectOneCopyEach()
      report({ row: 10, what: 'killed and started empty', recoveryMs: Math.round(recovery), lost: 0, twice: 0 })
    },
    LIMIT_MS,
  )

  test(
    'from the start: the sweep delivers, and the queue takes over once it is there',
    async () => {
      await harness.redis.kill()
      await start()
      const { slowest, latest } = await join(2 * (SWEEP_MS + SLACK_MS))
      expect(slowest).toBeLessThan(SLOWEST_REQUEST_MS)
      expect(latest).toBeLessThan(Math.min(60_000, 2 * SWEEP_MS + SLACK_MS))
      expect((await harness.visitor.get('/readyz')).text).toContain('Redis is not responding')
      await harness.redis.start()
      const recovery = await untilQueueWorks()
      expect(recovery).toBeLessThan(RECOVERY_MS + SLACK_MS)
      report({
        row: 11,
        what: 'Redis absent from the start',
        latestMs: Math.round(latest),
        recoveryMs: Math.round(recovery),
        lost: 0,
      })
    },
    LIMIT_MS,
  )

  test('and the service still ends within seconds when asked to', async () => {
    await start()
    await join(10_000)
    await harness.redis.kill()
    await sleep(200)
    const begun = performance.now()
    await harness.stop()
    expect(performance.now() - begun).toBeLessThan(9_000)
  })
})

test(
  'Redis out of memory: nothing is lost, and with memory again the queue works',
  async () => {
    await start()
    await join(10_000)
    await harness.redis.ask('CONFIG', 'SET', 'maxmemory', '1000')
    const { slowest, latest } = await join(2 * (RECOVERY_MS + SLACK_MS))
    expect(slowest).toBeLessThan(SLOWEST_REQUEST_MS)
    await harness.redis.ask('CONFIG', 'SET', 'maxmemory', '0')
    const recovery = await untilQueueWorks()
    expect(recovery).toBeLessThan(Math.max(RECOVERY_MS, 5_000) + SLACK_MS)
    expectOneCopyEach()
    report({
      row: 10,
      what: 'out of memory',
      latestMs: Math.round(latest),
      recoveryMs: Math.round(recovery),
      lost: 0,
      twice: 0,
      note: `slowest request ${Math.round(slowest)} ms`,
    })
  },
  LIMIT_MS,
)

test(
  'Redis hangs without closing a connection: no request waits longer for it than its patience',
  async () => {
    await start()
    await join(10_000)
    harness.redis.freeze()
    const { slowest, latest } = await join(2 * (RECOVERY_MS + 5_000))
    harness.redis.thaw()
    expect(slowest).toBeLessThan(SLOWEST_REQUEST_MS)
    const recovery = await untilQueueWorks()
    expectOneCopyEach()
    report({
      row: 10,
      what: 'Redis hangs',
      latestMs: Math.round(latest),
      recoveryMs: Math.round(recovery),
      note: `slowest request ${Math.round(slowest)} ms`,
    })
  },
  LIMIT_MS,
)

/** Lessons of the database that are still to come. */
async function plannedAhead(): Promise<number> {
  const rows = await harness.rows()
  return rows.filter((row) => row.state === 'planned' && row.kind === 'lesson' && row.dueAt > Date.now()).length
}

import { afterEach, expect, test } from '@jest/globals'
import type { Clock } from '../../src/flow/ports/ports.ts'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { redisAt } from '../support/parse-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { matrix, patience, read } from '../trial-sizes.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { judge } from './support/judge-deliveries.ts'
import { report } from './support/report-trial.ts'
import { type SentinelSet, startSentinelSet } from './support/sentinel-set.ts'

const SENDS = read('FAULTS_SENDS', 200)
const EVERY_MS = read('FAULTS_SEND_EVERY_MS', 30)
/** The real beat of the sweep: what is late by less came from the queue. */
const SWEEP_MS = 15_000
const LATEST_MS = 60_000
const machine: Clock = { now: () => Date.now() }

let redis: SentinelSet
let harness: InProcessHarness
afterEach(async () => {
  await harness?.close()
  await redis?.close()
}, 30_000)

test.each(matrix({ gate: ['is killed'], full: ['is killed', 'hangs and comes back as a replica'] }))(
  'the master of Redis %s in the midst of sending: nothing is lost or sent twice, and BullMQ goes on with the new one',
  async (how) => {
    redis = await startSentinelSet()
    harness = await createInProcessHarness({ redis: false })
    await harness.start({ clock: machine, redisUrl: redis.url, overrides: { sweepEveryMs: SWEEP_MS } })
    const names = Array.from({ length: SENDS }, (_, index) => `learner-${index}`)
    const begin = Date.now() + 500
    const planned = await harness.enrol(names, { firstDueAt: (index) => begin + index * EVERY_MS })
    await waitFor(() => harness.receiver.taken.length >= SENDS / 5, 'the first lessons', patience)

    const before = await redis.masterPort()
    const brokenAt = Date.now()
    if (how === 'is killed') await redis.master.kill()
    else redis.master.freeze()
    await waitFor(async () => (await redis.masterPort()) !== before, 'a failover', patience)
    const failoverMs = Date.now() - brokenAt
    if (how !== 'is killed') redis.master.thaw()
    await waitFor(async () => (await harness.rows()).every((row) => row.state === 'sent'), 'every lesson', patience)

    const of = new Set(planned.map(({ id }) => id))
    const rows = (await harness.rows()).filter((row) => of.has(row.id))
    const verdict = judge(harness.receiver, rows)
    expect(verdict).toMatchObject({ wanted: SENDS, once: SENDS, lost: [], twice: [], more: [], foreign: 0 })
    expect(verdict.latestMs).toBeLessThan(LATEST_MS)
    // The new master takes wake-ups: this lesson does not wait for a sweep.
    await harness.enrol(['one-more'], { firstDueAt: () => Date.now() + 1_000 })
    await waitFor(() => harness.taken('one-more').length === 1, 'one more lesson', SWEEP_MS / 3)
    expect(await harness.app().ports.wakeUps.isAlive()).toBe(true)
    expect(await checkRedis(redisAt(redis.url), harness.app().queuePrefix)).toMatchObject({
      state: 'ready',
      master: `127.0.0.1:${redis.replica.port}`,
    })
    report({
      row: 18,
      what: `Redis master ${how}`,
      sends: SENDS,
      lost: 0,
      twice: 0,
      latestMs: verdict.latestMs,
      recoveryMs: failoverMs,
    })
  },
  patience,
)

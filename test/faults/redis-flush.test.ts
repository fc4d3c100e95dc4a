import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { waitFor } from '../support/wait-for.ts'
import { read } from '../trial-sizes.ts'
import { judge } from './support/judge-deliveries.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'

const SENDS = read('FAULTS_FLUSHED', 300)
const FLUSHES = 10
const SWEEP_MS = read('FAULTS_SWEEP_MS', 500)
const LIMIT_MS = 30_000 + SENDS * 60
/** All fall due within a second, so the last one waits for the rest: a minute, and 50 a second at the least. */
const LATEST_MS = 60_000 + SENDS * 20

let harness: MultiProcessHarness
beforeAll(async () => {
  harness = await createMultiProcessHarness()
})
afterAll(() => harness.close())

test(
  `FLUSHALL ${FLUSHES} times while ${SENDS} lessons go out: none is lost, none comes twice`,
  async () => {
    const env = { FAULT_SWEEP_MS: String(SWEEP_MS) }
    await Promise.all([harness.run('worker', env), harness.run('worker', env)])
    const redis = new Redis(harness.redis.url)
    const rows: Awaited<ReturnType<MultiProcessHarness['seed']>>[number][] = []
    const part = Math.ceil(SENDS / (FLUSHES + 1))
    for (let flush = 0; flush <= FLUSHES; flush += 1) {
      // Some due at once, some while the queue has forgotten them.
      rows.push(...(await harness.seed(Math.min(part, SENDS - rows.length), { dueAt: Date.now() + (flush % 2) * 300 })))
      await sleep(100)
      if (flush < FLUSHES) await redis.flushall()
    }
    redis.disconnect()
    await waitFor(
      () => new Set(harness.receiver.taken.map((message) => message.messageId)).size >= rows.length,
      () => `${rows.length} lessons, have ${harness.receiver.taken.length}`,
      LIMIT_MS,
    )
    await sleep(2 * SWEEP_MS)
    const verdict = judge(harness.receiver, await harness.rows(rows))
    expect(verdict).toMatchObject({ lost: [], twice: [], more: [], foreign: 0, once: rows.length })
    expect(verdict.latestMs).toBeLessThan(LATEST_MS)
    report({
      row: 9,
      what: `FLUSHALL ${FLUSHES} times`,
      sends: rows.length,
      lost: 0,
      twice: 0,
      more: 0,
      latestMs: verdict.latestMs,
    })
  },
  LIMIT_MS + 30_000,
)

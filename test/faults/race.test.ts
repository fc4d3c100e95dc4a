import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Delivery } from '../../src/core/model.ts'
import { jobIdOf, LESSONS } from '../../src/queue/queue-names.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { redisAt } from '../support/parse-servers.ts'
import { patience, sizes } from '../trial-sizes.ts'
import { judge } from './support/judge-deliveries.ts'
import {
  createMultiProcessHarness,
  type MultiProcessHarness,
  QUEUE_PREFIX,
  waitWithPauses,
} from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(2 * patience)

const PROCESSES = 4
const DAY_MS = 86_400_000

let harness: MultiProcessHarness
let redis: Redis
let queue: Queue

beforeAll(async () => {
  harness = await createMultiProcessHarness({
    env: {
      FAULT_WORKERS: String(sizes.racers / PROCESSES),
      FAULT_SWEEP_MS: '200',
      CONCURRENCY: '5',
      SMTP_CONNECTIONS: '3',
    },
  })
  redis = connectRedis(redisAt(harness.redis.url))
  queue = new Queue(LESSONS, { connection: redis, prefix: QUEUE_PREFIX })
})
afterAll(async () => {
  await queue.close()
  redis.disconnect()
  await harness.close()
})

/** Three calls for each row under other names, and the one it has anyway. */
async function wakeMany(rows: readonly Delivery[]): Promise<void> {
  await queue.addBulk(
    rows.flatMap((row) =>
      ['', '-again', '-and-again'].map((suffix) => ({
        name: 'deliver',
        data: { deliveryId: row.id },
        opts: { jobId: `${jobIdOf(row)}${suffix}`, removeOnComplete: true },
      })),
    ),
  )
}

test(`${sizes.racers} workers race for the same ${sizes.raced} deliveries, called many times over: one copy each`, async () => {
  const rows = await harness.seed(sizes.raced)
  await wakeMany(rows)
  const started = Date.now()
  const processes = Array.from({ length: PROCESSES }, () => harness.spawn())
  await Promise.all(processes.map((service) => service.loaded))
  await Promise.all(processes.map((service) => service.start('worker')))
  let counts: Readonly<Record<string, number>> = {}
  const settled = async () => {
    counts = await harness.store.deliveries.countByState()
    return counts.sent === rows.length
  }
  await waitWithPauses(
    settled,
    () => `every delivery to be sent; ${JSON.stringify(counts)}; ${processes[0]?.words()}`,
    // A worker that finds the database locked after its claim leaves the row to the end of its lease, two minutes.
    patience,
  )

  // The ids of finished jobs are free again: the same calls once more.
  await queue.clean(0, 0, 'completed')
  await wakeMany(rows)
  await waitWithPauses(
    async () => (await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')) === 0,
    'the repeated calls to be worked off',
    patience / 2,
  )
  const verdict = judge(harness.receiver, await harness.rows(rows))
  report({
    row: 7,
    what: `${sizes.racers} workers, ${PROCESSES} processes, ${sizes.raced * 6} calls`,
    sends: harness.receiver.taken.length,
    twice: verdict.twice.length,
    more: verdict.more.length,
    lost: verdict.lost.length,
    latestMs: Math.max(...harness.receiver.taken.map((message) => message.at)) - started,
  })
  expect(verdict).toMatchObject({ lost: [], twice: [], more: [], foreign: 0, once: sizes.raced })
  expect(harness.receiver.taken).toHaveLength(sizes.raced)
})

test('where three lessons of each enrolment are due at once, each gets one today', async () => {
  const enrolments = 40
  const before = harness.receiver.taken.length
  const rows = await harness.seed(enrolments, { days: 3, dueAt: Date.now() - 3 * DAY_MS, wakeUps: false })
  await wakeMany(rows)
  let today: readonly Delivery[] = []
  await waitWithPauses(
    async () => {
      today = await harness.rows(rows)
      const waiting = today.filter(({ state, dueAt }) => state === 'planned' && dueAt > Date.now())
      const sent = today.filter(({ state }) => state === 'sent')
      return sent.length === enrolments && waiting.length === 2 * enrolments
    },
    () => `two lessons of each to wait for another day; ${JSON.stringify(today.slice(0, 6))}`,
    patience,
  )
  expect(today.filter(({ state }) => state === 'sent').map(({ day }) => day)).toEqual(
    rows.filter(({ day }) => day === 1).map(() => 1),
  )
  expect(harness.receiver.taken.length - before).toBe(enrolments)
})

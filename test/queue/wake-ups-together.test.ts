import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Log } from '../../src/flow/ports/ports.ts'
import type { WakeUp } from '../../src/flow/ports/wake-ups.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { createWakeUps, type QueueWakeUps } from '../../src/queue/wake-ups.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { redisAt } from '../support/parse-servers.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const clock = createManualClock()
const HOUR = 3_600_000
let folder: Awaited<ReturnType<typeof createTempFolder>>
let server: EmbeddedRedis
let redis: Redis
let wakeUps: QueueWakeUps
let warnings: object[]

beforeEach(async () => {
  folder = await createTempFolder()
  server = await startEmbeddedRedis({ dataDir: folder.path })
  redis = connectRedis(redisAt(server.url))
  warnings = []
  const log = { debug() {}, info() {}, error() {}, warn: (told: object) => void warnings.push(told) } as Log
  wakeUps = createWakeUps(redis, { clock, log, horizonMs: HOUR, prefix: 'test' })
  await waitFor(() => wakeUps.isAlive(), 'Redis to answer')
})
afterEach(async () => {
  await wakeUps.close()
  redis.disconnect()
  await server.stop()
  await folder.remove()
})

const due = (id: number, kind: WakeUp['kind'] = 'sign-up', inMs = 0): WakeUp => ({
  id,
  kind,
  dueAt: clock.now() + inMs,
})

/** The ids waiting in a queue, the next one first. */
async function waiting(name: string): Promise<number[]> {
  const queue = new Queue(name, { connection: redis, prefix: 'test' })
  const jobs = await queue.getJobs(['waiting', 'delayed'], 0, -1, true)
  await queue.close()
  return jobs.map((job) => job.data.deliveryId)
}

test('callers in one turn share one write to Redis, in order, and continue only after it', async () => {
  const pipelines = jest.spyOn(redis, 'pipeline')
  await Promise.race(Array.from({ length: 40 }, (_, index) => wakeUps.plan([due(index + 1)])))
  expect(pipelines).toHaveBeenCalledTimes(1)
  expect(await waiting('notices')).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
})

test('notices and lessons go into their own queues, and nothing beyond the horizon into either', async () => {
  await Promise.all([
    wakeUps.plan([due(1)]),
    wakeUps.plan([due(2, 'lesson'), due(3, 'lesson', HOUR - 1), due(4, 'lesson', HOUR)]),
    wakeUps.plan([]),
    wakeUps.plan([due(5, 'reading-link')]),
  ])
  expect(await waiting('notices')).toEqual([1, 5])
  expect(await waiting('lessons')).toEqual([2, 3])
  expect(warnings).toEqual([])
})

test('while Redis hangs, nobody waits longer than two seconds, and one warning counts them all', async () => {
  process.kill(server.pid(), 'SIGSTOP')
  try {
    const begun = performance.now()
    await Promise.all([wakeUps.plan([due(1)]), wakeUps.plan([due(2), due(3)])])
    expect(performance.now() - begun).toBeGreaterThan(1_900)
    expect(performance.now() - begun).toBeLessThan(4_000)
  } finally {
    process.kill(server.pid(), 'SIGCONT')
  }
  expect(warnings).toEqual([{ deliveries: 3, error: expect.stringContaining('in time') }])
  await waitFor(async () => (await waiting('notices')).length === 3, 'the jobs to be there after all')
})

test('while Redis is down, nobody waits for it, and planning works once it is back', async () => {
  process.kill(server.pid(), 'SIGKILL')
  await waitFor(() => redis.status !== 'ready', 'the connection to be lost')
  const begun = performance.now()
  await Promise.all([wakeUps.plan([due(1)]), wakeUps.plan([due(2)])])
  expect(performance.now() - begun).toBeLessThan(500)
  expect(warnings).toEqual([{ deliveries: 2, error: expect.stringContaining('not connected') }])

  await waitFor(() => wakeUps.isAlive(), 'Redis to be back')
  await wakeUps.plan([due(3)])
  expect(await waiting('notices')).toEqual([3])
})

test('a Redis that accepts no writes does not fail the callers', async () => {
  await redis.config('SET', 'maxmemory', '1')
  await Promise.all([wakeUps.plan([due(1)]), wakeUps.plan([due(2)])])
  expect(warnings).toEqual([{ deliveries: 2, error: expect.stringContaining('OOM') }])
})

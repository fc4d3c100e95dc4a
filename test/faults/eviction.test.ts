import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { redisAt } from '../support/parse-servers.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'

let harness: InProcessHarness
beforeEach(async () => {
  harness = await createInProcessHarness({ redis: false })
})
afterEach(() => harness.close())

test.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])(
  'Redis with %s is refused at start with the cure',
  async (policy) => {
    await harness.redis.start({ policy })
    await expect(harness.start()).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('maxmemory-policy noeviction'),
    })
  },
)

test('the cure, followed, lets the service start', async () => {
  await harness.redis.start({ policy: 'allkeys-lru' })
  await harness.redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  await expect(harness.start()).resolves.toBeDefined()
})

test('a Redis that wants a password says that, not that it is away', async () => {
  await harness.redis.start()
  await harness.redis.ask('CONFIG', 'SET', 'requirepass', 'secret')
  await expect(checkRedis(redisAt(harness.redis.url))).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('password in REDIS_URL'),
  })
})

test('a Redis that takes the connection and never answers holds up no start', async () => {
  await harness.redis.start()
  harness.redis.freeze()
  const begun = performance.now()
  expect(await checkRedis(redisAt(harness.redis.url))).toMatchObject({ state: 'away' })
  expect(performance.now() - begun).toBeLessThan(6_000)
  harness.redis.thaw()
})

test('no Redis at all holds up no start either, unless one is required', async () => {
  expect(await checkRedis(redisAt(harness.redis.url))).toMatchObject({ state: 'away' })
  await expect(harness.start({ overrides: { redisRequired: true } })).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('cannot be reached'),
  })
})

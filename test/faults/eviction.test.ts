import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { redisAt } from '../support/parse-servers.ts'
import { createHouse, type House } from './support/in-process-harness.ts'

let house: House
beforeEach(async () => {
  house = await createHouse({ redis: false })
})
afterEach(() => house.close())

test.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])(
  'Redis with %s is refused at start with the cure',
  async (policy) => {
    await house.redis.start({ policy })
    await expect(house.start()).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('maxmemory-policy noeviction'),
    })
  },
)

test('the cure, followed, lets the service start', async () => {
  await house.redis.start({ policy: 'allkeys-lru' })
  await house.redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  await expect(house.start()).resolves.toBeDefined()
})

test('a Redis that wants a password says that, not that it is away', async () => {
  await house.redis.start()
  await house.redis.ask('CONFIG', 'SET', 'requirepass', 'secret')
  await expect(checkRedis(redisAt(house.redis.url))).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('password in REDIS_URL'),
  })
})

test('a Redis that takes the connection and never answers holds up no start', async () => {
  await house.redis.start()
  house.redis.freeze()
  const begun = performance.now()
  expect(await checkRedis(redisAt(house.redis.url))).toMatchObject({ state: 'away' })
  expect(performance.now() - begun).toBeLessThan(6_000)
  house.redis.thaw()
})

test('no Redis at all holds up no start either, unless one is required', async () => {
  expect(await checkRedis(redisAt(house.redis.url))).toMatchObject({ state: 'away' })
  await expect(house.start({ overrides: { redisRequired: true } })).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('cannot be reached'),
  })
})

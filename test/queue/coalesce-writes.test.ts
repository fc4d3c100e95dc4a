import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { redisAt } from '../support/parse-servers.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let server: EmbeddedRedis
let redis: Redis

beforeEach(async () => {
  folder = await createTempFolder()
  server = await startEmbeddedRedis({ dataDir: folder.path })
  redis = connectRedis(redisAt(server.url))
  await isReady()
})
afterEach(async () => {
  redis.disconnect()
  await server.stop()
  await folder.remove()
})

function isReady(): Promise<unknown> {
  return waitFor(() => redis.status === 'ready', 'Redis to answer')
}

/** Counts the write calls of a socket. */
function watch(socket: Redis['stream']) {
  const handing = socket as unknown as { _write(...piece: unknown[]): void; _writev(...pieces: unknown[]): void }
  return [jest.spyOn(handing, '_write'), jest.spyOn(handing, '_writev')] as const
}

/** The number of write calls, and the replies in order. */
async function pushes(count: number): Promise<{ writes: number; answers: readonly unknown[] }> {
  const [one, many] = watch(redis.stream)
  const asked = Array.from({ length: count }, (_, index) => redis.rpush('list', index))
  const answers = await Promise.all([...asked, redis.lrange('list', 0, -1)])
  const writes = one.mock.calls.length + many.mock.calls.length
  jest.restoreAllMocks()
  return { writes, answers }
}

test('commands of one turn of the event loop are written together, in order', async () => {
  const { writes, answers } = await pushes(40)
  expect(writes).toBe(1)
  expect(answers.slice(0, -1)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  expect(answers.at(-1)).toEqual(Array.from({ length: 40 }, (_, index) => String(index)))
})

test('commands from promises settled in the same turn are included', async () => {
  const [one, many] = watch(redis.stream)
  await Promise.all([redis.set('a', 1), Promise.resolve().then(() => Promise.resolve().then(() => redis.set('b', 2)))])
  expect(one).not.toHaveBeenCalled()
  expect(many).toHaveBeenCalledTimes(1)
  jest.restoreAllMocks()
  expect(await redis.mget('a', 'b')).toEqual(['1', '2'])
})

test('a single command is not delayed, and binary values arrive unchanged', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 36])
  await redis.set('bytes', bytes)
  expect(await redis.getBuffer('bytes')).toEqual(bytes)
})

test('a new connection after an outage does the same', async () => {
  const { stream } = redis
  stream.destroy()
  await waitFor(() => redis.stream !== stream, 'a new connection')
  await isReady()
  expect((await pushes(10)).writes).toBe(1)
})

import { Redis } from 'ioredis'
import { writeTogether } from './write-together.ts'

/** Where Redis is: `redis://`, `rediss://`, or the path of a unix socket. */
export type RedisAddress = string

/**
 * A connection that survives every absence of Redis: it goes on reconnecting, and what was asked meanwhile waits. BullMQ
 * needs it so (a queue whose first command fails stays broken); whoever must not wait looks at `status` first.
 */
export function connectRedis(address: RedisAddress): Redis {
  const redis = new Redis(address, {
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    // Back within two seconds of Redis being back, however long it was away.
    retryStrategy: (times: number) => Math.min(100 * times, 2_000),
  })
  // Every connection has its own 'error' listener elsewhere; without one here Node would end the process.
  redis.on('error', () => {})
  // In the place of ioredis' automatic pipelining, which makes a pipeline for each turn: that costs more than it saves.
  redis.on('connect', () => writeTogether(redis.stream))
  return redis
}

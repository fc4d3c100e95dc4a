import { Redis, type RedisOptions } from 'ioredis'

/** Where Redis is: `redis://`, `rediss://`, or the path of a unix socket. */
export type RedisAddress = string

/**
 * A connection that asks and gives up: for enqueueing and for questions. Commands fail at once while Redis is away, so a
 * request never waits for it; ioredis goes on reconnecting in the background.
 */
export function connectAsking(address: RedisAddress): Redis {
  return open(address, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5_000 })
}

/** A connection for BullMQ's workers, which block for as long as they must. */
export function connectWorking(address: RedisAddress): Redis {
  return open(address, { maxRetriesPerRequest: null })
}

function open(address: RedisAddress, options: Omit<RedisOptions, 'replyMapping'>): Redis {
  const redis = new Redis(address, {
    ...options,
    connectTimeout: 5_000,
    // Back within two seconds of Redis being back, however long it was away.
    retryStrategy: (times: number) => Math.min(100 * times, 2_000),
  })
  // Every connection has its own 'error' listener elsewhere; without one here Node would end the process.
  redis.on('error', () => {})
  return redis
}

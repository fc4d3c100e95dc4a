import { Redis } from 'ioredis'
import type { RedisServer } from '../core/service-url.ts'
import { coalesceWrites } from './coalesce-writes.ts'

/** Converts a parsed REDIS_URL to ioredis options. */
export function redisOptions(server: RedisServer) {
  if ('socket' in server) return { path: server.socket }
  const { host, port, user, password, database, family, tls } = server
  return {
    ...{ host, port, db: database, family },
    ...(user !== null && { username: user }),
    ...(password !== null && { password }),
    ...(tls && { tls: {} }),
  }
}

/**
 * Creates a connection that keeps reconnecting and queues commands meanwhile. BullMQ needs this: a queue whose first
 * command fails stays broken. Callers that must not wait should check `status` first.
 */
export function connectRedis(server: RedisServer, options: { readonly canUseInfo?: boolean } = {}): Redis {
  const redis = new Redis({
    ...redisOptions(server),
    maxRetriesPerRequest: null,
    // Runs INFO until Redis has loaded its data.
    enableReadyCheck: options.canUseInfo ?? true,
    connectTimeout: 5_000,
    // Reconnects within two seconds after Redis is back, however long it was unavailable.
    retryStrategy: (times: number) => Math.min(100 * times, 2_000),
  })
  // BullMQ adds its own 'error' listeners; without one here Node would end the process.
  redis.on('error', () => {})
  // Replaces ioredis' automatic pipelining, whose pipeline per turn costs more than it saves.
  redis.on('connect', () => coalesceWrites(redis.stream))
  return redis
}

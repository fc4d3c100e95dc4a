import { Redis } from 'ioredis'
import type { RedisServer } from '../core/service-url.ts'
import { coalesceWrites } from './coalesce-writes.ts'

/** How ioredis is told where a server is. */
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
 * A connection that survives every absence of Redis: it goes on reconnecting, and what was asked meanwhile waits. BullMQ
 * needs it so (a queue whose first command fails stays broken); whoever must not wait looks at `status` first.
 */
export function connectRedis(server: RedisServer, options: { readonly canUseInfo?: boolean } = {}): Redis {
  const redis = new Redis({
    ...redisOptions(server),
    maxRetriesPerRequest: null,
    // Asks INFO until Redis has read its file.
    enableReadyCheck: options.canUseInfo ?? true,
    connectTimeout: 5_000,
    // Back within two seconds of Redis being back, however long it was away.
    retryStrategy: (times: number) => Math.min(100 * times, 2_000),
  })
  // Every connection has its own 'error' listener elsewhere; without one here Node would end the process.
  redis.on('error', () => {})
  // In the place of ioredis' automatic pipelining, which makes a pipeline for each turn: that costs more than it saves.
  redis.on('connect', () => coalesceWrites(redis.stream))
  return redis
}

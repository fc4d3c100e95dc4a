import { Redis } from 'ioredis'
import type { RedisServer } from '../core/service-urls/redis-url.ts'
import { coalesceWrites } from './coalesce-writes.ts'

/** A Sentinel that is reached and does not answer is passed over after this time. */
const SENTINEL_TIMEOUT_MS = 2_000
/** ioredis: reconnects, and sends the command again. */
const RECONNECT_AND_RESEND = 2

/** Converts a parsed REDIS_URL to ioredis options. */
export function redisOptions(server: RedisServer) {
  if ('socket' in server) return { path: server.socket }
  const { user, password, database, family, tls } = server
  const login = {
    ...{ db: database, family },
    ...(user !== null && { username: user }),
    ...(password !== null && { password }),
    ...(tls && { tls: {} }),
  }
  if (!('sentinels' in server)) return { ...login, host: server.host, port: server.port }
  const { sentinels, name, sentinelLogin } = server
  return {
    ...login,
    sentinels: [...sentinels],
    name,
    ...(sentinelLogin !== null && {
      sentinelPassword: sentinelLogin.password,
      ...(sentinelLogin.user !== null && { sentinelUsername: sentinelLogin.user }),
    }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
    // A master that hangs or is cut off closes no connection: Sentinel says that another one took over.
    failoverDetector: true,
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
    // After a failover a connection may still lead to the old master, which is a replica by then.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? RECONNECT_AND_RESEND : false),
  })
  // BullMQ adds its own 'error' listeners; without one here Node would end the process.
  redis.on('error', () => {})
  // Replaces ioredis' automatic pipelining, whose pipeline per turn costs more than it saves.
  redis.on('connect', () => coalesceWrites(redis.stream))
  return redis
}

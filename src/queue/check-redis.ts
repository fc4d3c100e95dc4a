import { Redis } from 'ioredis'
import { AppError } from '../core/errors.ts'
import type { RedisServer } from '../core/service-url.ts'
import { whereIs } from './redis.ts'

const PATIENCE_MS = 2_000

/**
 * Asks Redis once. Fails with `misconfigured` and the cure where it would throw jobs away under memory pressure; says
 * `away` where nobody answers within two seconds.
 */
export async function checkRedis(server: RedisServer): Promise<'ready' | 'away'> {
  const redis = new Redis({
    ...whereIs(server),
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    retryStrategy: () => null,
  })
  let refusal = ''
  // Before it is ready ioredis keeps what Redis said to itself and tells that the connection was closed.
  redis.on('error', (error: Error) => {
    refusal = error.message
  })
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS)
  })
  const asking = redis.connect().then(() => redis.info('memory'))
  // The loser of the race must not become an unhandled rejection.
  asking.catch(() => {})
  let memory: string
  try {
    memory = await Promise.race([asking, impatience])
  } catch (error) {
    if (/^(NOAUTH|WRONGPASS)|invalid password/.test(refusal || String((error as Error).message)))
      throw new AppError('misconfigured', 'Redis refuses the name or password in REDIS_URL. Correct them.')
    return 'away'
  } finally {
    clearTimeout(timer)
    redis.disconnect()
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1]
  if (policy !== undefined && policy !== 'noeviction')
    throw new AppError(
      'misconfigured',
      `Redis throws keys away when its memory is full (maxmemory-policy ${policy}), so jobs would vanish. ` +
        'Set it: redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.',
    )
  return 'ready'
}

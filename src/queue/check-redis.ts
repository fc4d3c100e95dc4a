import { Redis } from 'ioredis'
import { AppError } from '../core/errors.ts'

/**
 * Asks Redis once. Fails with `misconfigured` and the cure where it would throw jobs away under memory pressure; says
 * `away` where nobody answers within two seconds.
 */
export async function checkRedis(address: string): Promise<'ready' | 'away'> {
  const redis = new Redis(address, { lazyConnect: true, connectTimeout: 2_000, retryStrategy: () => null })
  redis.on('error', () => {})
  let memory: string
  try {
    await redis.connect()
    memory = await redis.info('memory')
  } catch {
    return 'away'
  } finally {
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

import type { Redis } from 'ioredis'
import { AppError } from '../core/errors.ts'

/** The prefix of all Redis keys of this installation. `name` is the installation's name, stored in its database. */
export function keyPrefix(setting: string | null, name: string): string {
  return setting ?? `bootcamp-${name}`
}

/**
 * Claims the prefix in Redis for this installation. Fails with `misconfigured` if another database has claimed it:
 * installations that share a prefix take each other's jobs, and mistake each other's last handover for proof of a
 * restore.
 */
export async function claimPrefix(redis: Redis, prefix: string, name: string): Promise<void> {
  const key = `${prefix}:installation`
  await redis.set(key, name, 'NX')
  const owner = await redis.get(key)
  if (owner === null || owner === name) return
  throw new AppError(
    'misconfigured',
    `Another installation uses QUEUE_PREFIX ${prefix} on this Redis. Choose another prefix or leave it out; ` +
      `if that installation is gone: redis-cli del ${key}`,
  )
}

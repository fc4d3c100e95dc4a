import type { Redis } from 'ioredis'
import { AppError } from '../core/errors.ts'

/** The prefix of every key of this installation. `name` is the one kept in its database. */
export function keyPrefix(setting: string | null, name: string): string {
  return setting ?? `bootcamp-${name}`
}

/**
 * Marks the prefix in Redis as this installation's. Fails with `misconfigured` where another database has it: two that share
 * a prefix take each other's jobs, and each sees the other's last message as proof that it was restored.
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

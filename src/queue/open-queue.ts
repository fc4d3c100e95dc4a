import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { RedisServer } from '../core/service-urls/redis-url.ts'
import type { Log } from '../flow/ports/ports.ts'
import type { Store } from '../flow/ports/store-ports.ts'
import { checkRedis } from './check-redis.ts'
import { createHandoverLog } from './handover-log.ts'
import { claimPrefix, keyPrefix } from './key-prefix.ts'
import { moveOldKeys } from './move-old-keys.ts'
import { connectRedis } from './redis.ts'

export interface QueueSettings {
  readonly redis: RedisServer
  /** Of every key; null: derived from the installation's id. */
  readonly queuePrefix: string | null
  /** Holds the handover log. */
  readonly dataDir: string
  /** Whether to fail if Redis does not answer; otherwise the sweep alone delivers until it does. */
  readonly isRedisRequired: boolean
}

export interface Queue {
  readonly redis: ReturnType<typeof connectRedis>
  readonly prefix: string
  readonly canUseInfo: boolean
  readonly handoverLog: ReturnType<typeof createHandoverLog>
}

/**
 * Connects to Redis under the prefix of this installation, and takes over what earlier versions kept there. The database must
 * be migrated. Fails with `misconfigured` if the queue cannot work, with no connection left open.
 */
export async function openQueue(
  settings: QueueSettings,
  { store, log }: { store: Pick<Store, 'installation' | 'hasHistory' | 'deliveries'>; log: Log },
): Promise<Queue> {
  let redis: Queue['redis'] | null = null
  try {
    const installation = await store.installation()
    const prefix = keyPrefix(settings.queuePrefix, installation)
    const { state, canUseInfo, doubt } = await checkRedis(settings.redis, prefix)
    if (state === 'away') {
      if (settings.isRedisRequired)
        throw new AppError(
          'misconfigured',
          'Redis cannot be reached at REDIS_URL. Start it, correct the address, or leave REDIS_URL out.',
        )
      log.error({}, 'Redis cannot be reached: lessons go out by the sweep, up to a minute late, until it is back')
    }
    if (doubt !== null) log.warn({}, doubt)
    const connected = connectRedis(settings.redis, { canUseInfo })
    redis = connected
    const handoverLog = createHandoverLog(join(settings.dataDir, 'last-dot'), connected, log, prefix)
    const takeOverKeys = async () => {
      await claimPrefix(connected, prefix, installation)
      const removeOldJobs = await moveOldKeys({
        ...{ redis: connected, prefix, log },
        hasHistory: await store.hasHistory(),
        hasOwnHandover: handoverLog.hasOwn(),
        hasReached: (dot) => store.deliveries.hasReached(dot.deliveryId, dot.fence),
        ownJobs: async (jobs) => {
          const dueTimes = await store.deliveries.dueTimes(jobs.map(({ id }) => id))
          return new Set(jobs.filter(({ id, dueAt }) => dueTimes.get(id) === dueAt).map(({ id }) => id))
        },
      })
      // Broken off, it goes on at the next start.
      removeOldJobs().catch((error: unknown) =>
        log.debug({ error: String(error) }, 'could not remove old jobs from Redis'),
      )
    }
    if (state === 'ready') await takeOverKeys()
    else
      connected.once('ready', () =>
        takeOverKeys().catch((error: unknown) =>
          log.error({ error: String(error) }, 'Redis is back but cannot be used'),
        ),
      )
    return { redis: connected, prefix, canUseInfo, handoverLog }
  } catch (error) {
    redis?.disconnect()
    throw error
  }
}

import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { LastHandover, Log } from '../flow/ports/ports.ts'
import { formatHandover, parseHandover } from './handover-log.ts'
import { LESSONS, NOTICES, SWEEP } from './queue-names.ts'

/** Keys from before each installation had a prefix. */
const OLD_HANDOVER_KEY = 'bootcamp:last-dot'
const OLD_MARKER = 'bootcamp:planned-until'
const OLD_PREFIX = 'bull'
const AT_ONCE = 200

export interface OldKeys {
  readonly redis: Redis
  readonly prefix: string
  readonly log: Log
  /** Whether this database has ever planned a delivery; if not, it cannot have left old keys. */
  readonly hasHistory: boolean
  /** Whether the handover file beside the database has a record. */
  readonly hasOwnHandover: boolean
  readonly hasReached: (handover: LastHandover) => Promise<boolean>
  /** Returns the ids of those jobs that match a delivery of this database and its due time. */
  readonly ownJobs: (jobs: readonly { readonly id: number; readonly dueAt: number }[]) => Promise<ReadonlySet<number>>
}

/**
 * Takes over, once after an upgrade, what the previous version left in Redis without a prefix. The last handover is
 * moved if it belongs to this database. If it belongs to a later state of it (a restored copy) it is moved too, so that
 * sending stays on hold, unless the handover file shows that another installation wrote it. Jobs are not moved: the
 * first sweep plans all rows again. The returned function removes the old jobs; it may take minutes and need not be
 * awaited.
 */
export async function moveOldKeys(old: OldKeys): Promise<() => Promise<void>> {
  const { redis, prefix } = old
  const done = `${prefix}:moved`
  if ((await redis.exists(done)) === 1) return async () => {}
  if (old.hasHistory) await moveLastHandover(old)
  return async () => {
    if (old.hasHistory) await removeOldJobs(old)
    await redis.set(done, '1')
  }
}

async function moveLastHandover({ redis, prefix, hasOwnHandover, hasReached }: OldKeys): Promise<void> {
  const handover = parseHandover((await redis.get(OLD_HANDOVER_KEY)) ?? '')
  if (handover === null) return
  const isReached = await hasReached(handover)
  if (!isReached && hasOwnHandover) return
  await redis.set(`${prefix}:last-dot`, formatHandover(handover), 'NX')
  if (isReached) await redis.del(OLD_HANDOVER_KEY)
}

async function removeOldJobs({ redis, log, ownJobs }: OldKeys): Promise<void> {
  let removed = 0
  let others = 0
  for (const name of [LESSONS, NOTICES]) {
    const queue = new Queue(name, { connection: redis, prefix: OLD_PREFIX, skipMetasUpdate: true })
    queue.on('error', () => {})
    try {
      const stream = redis.scanStream({ match: `${OLD_PREFIX}:${name}:delivery-*`, count: AT_ONCE })
      for await (const keys of stream) {
        const jobs = (keys as string[]).flatMap((key) => {
          const [, id, dueAt] = /:delivery-(\d+)-(\d+)$/.exec(key) ?? []
          return id && dueAt ? [{ id: Number(id), dueAt: Number(dueAt) }] : []
        })
        if (jobs.length === 0) continue
        const own = await ownJobs(jobs)
        others += jobs.filter(({ id }) => !own.has(id)).length
        const mine = jobs.filter(({ id }) => own.has(id))
        await Promise.all(mine.map(({ id, dueAt }) => queue.remove(`delivery-${id}-${dueAt}`)))
        removed += mine.length
      }
    } finally {
      await queue.close()
    }
  }
  if (others === 0) await removeRest(redis)
  if (removed > 0) log.info({ removed }, 'jobs without a prefix were removed; the sweep plans their deliveries anew')
}

const QUEUE_KEY =
  /:(meta|id|events|marker|wait|active|delayed|completed|failed|stalled|stalled-check|paused|prioritized|pc|limiter|repeat(:sweep.*)?)$/

/**
 * Removes what remains of the old queues when they have no more jobs. A queue with other keys belongs to another
 * program.
 */
async function removeRest(redis: Redis): Promise<void> {
  await redis.del(OLD_MARKER)
  for (const name of [LESSONS, NOTICES, SWEEP]) {
    const keys: string[] = []
    for await (const page of redis.scanStream({ match: `${OLD_PREFIX}:${name}:*`, count: AT_ONCE }))
      keys.push(...(page as string[]))
    if (keys.length > 0 && keys.every((key) => QUEUE_KEY.test(key))) await redis.unlink(...keys)
  }
}

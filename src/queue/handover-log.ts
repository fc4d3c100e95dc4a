import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import type { HandoverLog, LastHandover, Log } from '../flow/ports/ports.ts'

const REDIS_EVERY_MS = 1_000
const CLOSE_TIMEOUT_MS = 2_000
/** Fixed width, so that each record overwrites the previous one completely. */
const WIDTH = 64

/**
 * Records the last handover outside the database: in a file each time, and in Redis about once a second. If only the
 * database is restored from a backup, both reveal it; if the whole data folder is restored, a Redis on another machine
 * does.
 */
export function createHandoverLog(
  file: string,
  redis: Redis,
  log: Log,
  prefix: string,
): HandoverLog & { hasOwn(): boolean; close(): Promise<void> } {
  const key = `${prefix}:last-dot`
  let descriptor: number | null = null
  let latest: LastHandover | null = null
  let timer: NodeJS.Timeout | null = null

  const writeToRedis = async () => {
    timer = null
    if (latest && redis.status === 'ready') await redis.set(key, formatHandover(latest)).catch(() => {})
  }

  return {
    note(handover) {
      latest = handover
      try {
        descriptor ??= openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600)
        writeSync(descriptor, formatHandover(handover).padEnd(WIDTH), 0)
      } catch (error) {
        // The handover is already committed; giving up the message now would leave its fate unknown.
        log.error({ error: String(error) }, 'could not record the last handover: a restored database may go undetected')
      }
      timer ??= setTimeout(writeToRedis, REDIS_EVERY_MS)
    },

    /** Whether the file has a record. */
    hasOwn: () => existsSync(file) && parseHandover(readFileSync(file, 'latin1')) !== null,

    async last() {
      const inRedis = (await isReady(redis)) ? await redis.get(key).catch(() => null) : null
      return [existsSync(file) ? readFileSync(file, 'latin1') : '', inRedis ?? '']
        .map(parseHandover)
        .filter((handover) => handover !== null)
    },

    async forget() {
      latest = null
      // Emptied, not removed: a running worker may have the file open.
      if (existsSync(file)) writeFileSync(file, ' '.repeat(WIDTH), { flag: 'r+' })
      if (redis.status === 'ready') await redis.del(key).catch(() => {})
    },

    async close() {
      if (timer) {
        clearTimeout(timer)
        // Written before the connection closes, with a timeout in case Redis does not respond.
        await pTimeout(writeToRedis(), { milliseconds: CLOSE_TIMEOUT_MS, message: false })
      }
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

/** At start the connection may not be established yet. */
async function isReady(redis: Redis): Promise<boolean> {
  for (let tries = 0; tries < 20 && redis.status !== 'ready'; tries += 1) await sleep(50)
  return redis.status === 'ready'
}

export function formatHandover(handover: LastHandover): string {
  return `${handover.deliveryId} ${handover.fence} ${handover.at}`
}

export function parseHandover(text: string): LastHandover | null {
  const [deliveryId, fence, at] = text.trim().split(' ').map(Number)
  if (!deliveryId || fence === undefined || !at) return null
  return { deliveryId, fence, at }
}

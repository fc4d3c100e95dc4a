import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import type { HandoverLog, LastHandover, Log } from '../flow/ports/ports.ts'

const REDIS_EVERY_MS = 1_000
const CLOSE_TIMEOUT_MS = 2_000
/** Fixed width, so that each line overwrites the last whole. */
const WIDTH = 64

/**
 * Remembers the last mark before a dot outside the database: in a file for each mark, and in Redis about once a second. A
 * restored database alone is noticed by both, a restored data folder by Redis where Redis lives elsewhere.
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
    note(dot) {
      latest = dot
      try {
        descriptor ??= openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600)
        writeSync(descriptor, formatHandover(dot).padEnd(WIDTH), 0)
      } catch (error) {
        // The mark itself is committed; giving the message up for want of this note would leave it unconfirmed.
        log.error({ error: String(error) }, 'could not record the last handover: a restored database may go undetected')
      }
      timer ??= setTimeout(writeToRedis, REDIS_EVERY_MS)
    },

    /** Whether the file has a mark. */
    hasOwn: () => existsSync(file) && parseHandover(readFileSync(file, 'latin1')) !== null,

    async last() {
      const inRedis = (await isReady(redis)) ? await redis.get(key).catch(() => null) : null
      return [existsSync(file) ? readFileSync(file, 'latin1') : '', inRedis ?? '']
        .map(parseHandover)
        .filter((dot) => dot !== null)
    },

    async forget() {
      latest = null
      // Emptied, not removed: a worker that runs meanwhile holds the file open.
      if (existsSync(file)) writeFileSync(file, ' '.repeat(WIDTH), { flag: 'r+' })
      if (redis.status === 'ready') await redis.del(key).catch(() => {})
    },

    async close() {
      if (timer) {
        clearTimeout(timer)
        // Told before the connection ends; a Redis that does not answer holds up nobody.
        await pTimeout(writeToRedis(), { milliseconds: CLOSE_TIMEOUT_MS, message: false })
      }
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

/** At start the connection may still be on its way. */
async function isReady(redis: Redis): Promise<boolean> {
  for (let tries = 0; tries < 20 && redis.status !== 'ready'; tries += 1) await sleep(50)
  return redis.status === 'ready'
}

export function formatHandover(dot: LastHandover): string {
  return `${dot.deliveryId} ${dot.fence} ${dot.at}`
}

export function parseHandover(text: string): LastHandover | null {
  const [deliveryId, fence, at] = text.trim().split(' ').map(Number)
  if (!deliveryId || fence === undefined || !at) return null
  return { deliveryId, fence, at }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../ports/ports.ts'

const EVERY_MS = 500
const GIVE_UP_MS = 10 * 60_000

/**
 * Records what has already happened, however long the database is locked or the disk full, because the mail server's
 * reply exists only in memory until then. Errors other than `busy` are rethrown at once.
 */
export async function retryWhileBusy<T>(log: Log, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'busy'
      if (!isBusy || performance.now() - start > GIVE_UP_MS) throw error
      log.warn({ error: error.message }, 'could not save a delivery result yet; retrying')
    }
    await sleep(EVERY_MS)
  }
}

import type { Log } from '../flow/ports/ports.ts'
import { type BackgroundTask, createBackgroundTask } from './background-task.ts'

const TRUNCATE_AFTER_MS = 10_000

/**
 * Applies waiting reports whenever it is woken. What a report said lives on in the database's recovery log until that is
 * truncated, which happens a little later, together for all that were applied meanwhile.
 */
export function createReportTask(options: {
  /** Returns how many reports were applied. */
  readonly apply: () => Promise<number>
  /** False if the log is in use. */
  readonly truncateLog: () => Promise<boolean>
  /** Whether the log has something to lose already. */
  readonly isLogStale: boolean
  readonly log: Pick<Log, 'warn'>
}): BackgroundTask {
  /** By `performance.now()`; infinite: there is nothing to truncate. */
  let truncateAt = options.isLogStale ? 0 : Number.POSITIVE_INFINITY
  const task = createBackgroundTask(
    async () => {
      if ((await options.apply()) > 0 && truncateAt === Number.POSITIVE_INFINITY) {
        truncateAt = performance.now() + TRUNCATE_AFTER_MS
        setTimeout(() => task.wake(), TRUNCATE_AFTER_MS).unref()
      }
      if (performance.now() >= truncateAt && (await options.truncateLog())) truncateAt = Number.POSITIVE_INFINITY
    },
    options.log,
    'could not apply reports; the next sweep will retry',
  )
  return task
}

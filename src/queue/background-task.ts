import { errorForLog } from '../core/errors.ts'
import type { Log } from '../flow/ports/ports.ts'

export interface BackgroundTask {
  wake(): void
  /** When nothing runs any more. */
  settled(): Promise<void>
}

/** Runs one at a time; woken meanwhile, once more after. A failure is logged with this message and left to the next time. */
export function createBackgroundTask(
  work: () => Promise<void>,
  log: Pick<Log, 'warn'>,
  onFailure: string,
): BackgroundTask {
  let running: Promise<void> | null = null
  let isWanted = false
  const run = async () => {
    while (isWanted) {
      isWanted = false
      await work().catch((error: unknown) => log.warn({ error: errorForLog(error) }, onFailure))
    }
    running = null
  }
  return {
    wake() {
      isWanted = true
      running ??= run()
    },
    async settled() {
      await running
    },
  }
}

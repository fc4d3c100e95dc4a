import type { Ports } from './ports/ports.ts'

/** Takes old pages of rows that are gone out of the recovery log, which another reader may hold a moment. */
export async function scrubRecoveryLog(ports: Pick<Ports, 'store' | 'log'>): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    if (await ports.store.truncateRecoveryLog()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  ports.log.warn({}, 'the write-ahead log is in use: deleted data will be removed at the next checkpoint')
}

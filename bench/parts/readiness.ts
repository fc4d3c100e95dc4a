import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child-process.ts'

const LIMIT_MS = 60_000

/** Waits for the first 200 of /readyz, and returns the ms since this call. */
export async function waitUntilReady(url: string, child: Child): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => null)
    await response?.body?.cancel()
    if (response?.status === 200) return performance.now() - startedAt
    if (!child.isRunning()) throw new Error(`The site does not start. It said: ${child.words() || 'nothing'}`)
    if (performance.now() - startedAt > LIMIT_MS)
      throw new Error(`The site is not ready after a minute. It said: ${child.words() || 'nothing'}`)
    await sleep(20)
  }
}

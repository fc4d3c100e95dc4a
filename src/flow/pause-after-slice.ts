import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Between slices, other work gets the processor for this many times the length of the slice, and for at least this
 * long, ms.
 */
const TIMES = 4
const SHORTEST_MS = 20

/** What goes through many rows in the background rests after each slice. `startedAt`: of the slice, by performance.now(). */
export async function pauseAfterSlice(startedAt: number, signal: AbortSignal): Promise<void> {
  const ms = Math.max(SHORTEST_MS, TIMES * (performance.now() - startedAt))
  // An abort is not an error.
  await sleep(ms, undefined, { signal }).catch(() => {})
}

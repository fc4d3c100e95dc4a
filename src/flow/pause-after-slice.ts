import { setTimeout as sleep } from 'node:timers/promises'

/** Between two slices everything else has the processor this many times as long as a slice took, and for so long at least, ms. */
const TIMES = 4
const SHORTEST_MS = 20

/** What goes through many rows in the background rests after each slice. `startedAt`: of the slice, by performance.now(). */
export async function pauseAfterSlice(startedAt: number, signal: AbortSignal): Promise<void> {
  const ms = Math.max(SHORTEST_MS, TIMES * (performance.now() - startedAt))
  // Being called off is no fault.
  await sleep(ms, undefined, { signal }).catch(() => {})
}

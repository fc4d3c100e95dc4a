import { setImmediate as nextTurn } from 'node:timers/promises'

/** Callbacks per turn of the event loop. More would delay page requests. */
const AT_ONCE = 32

/** Resumes the callers waiting for one commit or query in order, a few in each turn of the event loop. */
export async function forEachYielding<T>(all: readonly T[], continueLink: (one: T) => void): Promise<void> {
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await nextTurn()
    continueLink(one)
  }
}

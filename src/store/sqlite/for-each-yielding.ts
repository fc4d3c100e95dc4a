import { setImmediate as nextTurn } from 'node:timers/promises'

/** So many go on with their work at once: the event loop, and whoever asks for a page, waits for that. */
const AT_ONCE = 32

/** Lets everyone who waited for the same commit or query go on, in order, some in each turn of the event loop. */
export async function forEachYielding<T>(all: readonly T[], continueLink: (one: T) => void): Promise<void> {
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await nextTurn()
    continueLink(one)
  }
}

/** Below this, ms, a time depends more on the machine than on the function. */
const FLOOR_MS = 5
/** For eight times the input, a linear function takes eight times as long and a quadratic one sixty-four times. */
const LONGER = 8
const MOST = 24
const TRIES = 8
/** From here on, ms, compilation and garbage collection are a small part of a time, and a few tries say enough. */
const LONG_MS = 200
const FEW_TRIES = 3

/**
 * How many times as long `act` takes for an input eight times as long. Uses the best time of several runs each, so that
 * neither compilation nor garbage collection counts, and no less than a floor. Linear functions stay below 24, which
 * `isLinear` tests. `smallMs` is the best time for the smaller input, ms of processor time.
 */
export async function growth(
  act: (text: string) => unknown,
  shape: (size: number) => string,
  size: number,
): Promise<{ readonly ratio: number; readonly isLinear: boolean; readonly smallMs: number }> {
  const [small, large] = [shape(size), shape(LONGER * size)]
  let [best, bestLarge] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let ratio = Number.POSITIVE_INFINITY
  const mayImprove = (tries: number) => tries === 0 || tries < (bestLarge > LONG_MS ? FEW_TRIES : TRIES)
  for (let tries = 0; ratio >= MOST && mayImprove(tries); tries += 1) {
    best = Math.min(best, await timeOf(act, small))
    bestLarge = Math.min(bestLarge, await timeOf(act, large))
    ratio = bestLarge / Math.max(best, FLOOR_MS)
  }
  return { ratio, isLinear: ratio < MOST, smallMs: best }
}

/** Processor time of this thread, ms, which other processes do not affect. */
async function timeOf(act: (text: string) => unknown, text: string): Promise<number> {
  const start = process.threadCpuUsage()
  await act(text)
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1_000
}

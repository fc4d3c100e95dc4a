/** Where all workers reserve the moments at which their messages may begin. */
export interface SharedPace {
  /** Messages a second at most, of all workers together. */
  readonly rate: number
  /**
   * Reserves the next `count` messages and gives the time until the first may begin, ms; the others follow at the rate.
   * Null reserves nothing: ask again shortly. Rejects while the database is unavailable.
   */
  reserve(count: number): Promise<number | null>
}

/** When messages may begin. */
export interface MessagePace {
  /** Whether one may begin now; when not, `changed` is called once one may. `waiting` messages would. */
  take(waiting: number): boolean
  close(): void
}

/** Reserved at a time at most: what this time's worth of messages is, ms. */
const BATCH_MS = 100
/**
 * A message that does not begin within this time of its moment, ms, loses it. So in any second no more begin than the rate
 * and a tenth, and one, however late timers are and whatever the number of workers.
 */
const LATE_MS = 100
/** Shorter than messages are reserved ahead, so that the rate is used up though several workers ask in turn. */
const RETRY_AFTER_MS = 250

/** Moments one after another, `interval` apart, by the steady clock of this process. */
interface Batch {
  at: number
  left: number
}

/** `changed` is called when a message that had to wait may begin. */
export function createMessagePace(shared: SharedPace, changed: () => void): MessagePace {
  const interval = 1_000 / shared.rate
  const most = Math.max(1, Math.floor(BATCH_MS / interval))
  const batches: Batch[] = []
  /** Grows while all that is reserved gets used, so that a busy worker asks ten times a second and an idle one wastes little. */
  let size = 1
  let asking = false
  let closed = false
  let untilNext: NodeJS.Timeout | undefined
  let untilAsking: NodeJS.Timeout | undefined

  function skipLate(now: number): void {
    for (let first = batches[0]; first; first = batches[0]) {
      const late = Math.min(first.left, Math.max(0, Math.ceil((now - LATE_MS - first.at) / interval)))
      if (late > 0) size = 1
      first.left -= late
      first.at += late * interval
      if (first.left > 0) return
      batches.shift()
    }
  }

  function wait(ms: number): void {
    // Moments only become later: a timer that is set does not fire too late.
    untilNext ??= setTimeout(
      () => {
        untilNext = undefined
        changed()
      },
      Math.max(1, Math.ceil(ms)),
    )
  }

  async function reserve(waiting: number): Promise<void> {
    if (asking) return
    asking = true
    const count = Math.min(most, Math.max(waiting, size))
    const askedAt = performance.now()
    // Messages wait while the database is unavailable.
    const inMs = await shared.reserve(count).catch(() => null)
    const again = () => {
      asking = false
      changed()
    }
    if (inMs !== null) {
      size = Math.min(most, count * 2)
      batches.push({ at: askedAt + inMs, left: count })
      again()
    } else if (!closed) untilAsking = setTimeout(again, RETRY_AFTER_MS * (0.5 + Math.random() / 2))
  }

  return {
    take(waiting) {
      const now = performance.now()
      skipLate(now)
      const first = batches[0]
      const reserved = batches.reduce((sum, { left }) => sum + left, 0)
      // Reserve the next batch before this one is used up.
      if (reserved <= Math.min(waiting, most) / 2) reserve(waiting - reserved)
      if (!first) return false
      if (first.at > now) {
        wait(first.at - now)
        return false
      }
      first.at += interval
      first.left -= 1
      return true
    },
    close() {
      closed = true
      clearTimeout(untilNext)
      clearTimeout(untilAsking)
    },
  }
}

/** Where all workers reserve the times at which their messages may start. */
export interface SharedPace {
  /** Maximum rate of all workers together, messages per second. */
  readonly rate: number
  /**
   * Reserves the next `count` messages and returns the time until the first may start, ms; the others follow at the
   * rate. Null means that nothing was reserved: ask again shortly. Rejects while the database is unavailable.
   */
  reserve(count: number): Promise<number | null>
}

/** Limits when messages may start. */
export interface MessagePace {
  /**
   * Whether a message may start now. If not, `changed` is called once one may. `waiting` is the number of messages
   * waiting.
   */
  take(waiting: number): boolean
  close(): void
}

/** A reservation covers at most this much time, ms. */
const BATCH_MS = 100
/**
 * A message that does not start within this time of its slot, ms, loses the slot. Any single second therefore sees at
 * most 1.1 times the rate plus one message, however late timers fire and however many workers there are.
 */
const LATE_MS = 100
/**
 * Shorter than the time for which messages are reserved, so that several workers asking in turn still use the full
 * rate.
 */
const RETRY_AFTER_MS = 250

/** Consecutive slots, `interval` apart, on the monotonic clock of this process. */
interface Batch {
  at: number
  left: number
}

/** `changed` is called when a message that had to wait may start. */
export function createMessagePace(shared: SharedPace, changed: () => void): MessagePace {
  const interval = 1_000 / shared.rate
  const most = Math.max(1, Math.floor(BATCH_MS / interval))
  const batches: Batch[] = []
  /**
   * Grows while every reserved slot is used: a busy worker asks ten times a second, and an idle one wastes few slots.
   */
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
    // Slots only move later, so a pending timer never fires too late.
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

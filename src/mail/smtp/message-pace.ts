import type { RelayPermits } from './relay-permits.ts'

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
const RETRY_AFTER_MS = 250

/** Moments one after another, `interval` apart, by the steady clock of this process. */
interface Batch {
  at: number
  left: number
}

export function createMessagePace(permits: RelayPermits, changed: () => void): MessagePace {
  if (permits.rate === null) return { take: () => true, close: () => {} }
  const interval = 1_000 / permits.rate
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

  function reserve(waiting: number): void {
    if (asking) return
    asking = true
    const count = Math.min(most, Math.max(waiting, size))
    const askedAt = performance.now()
    permits
      .reserveMessages(count)
      .then(
        ({ count: got, inMs }) => {
          if (got === null) return inMs + Math.random() * Math.min(interval, RETRY_AFTER_MS)
          size = Math.min(most, count * 2)
          batches.push({ at: askedAt + inMs, left: got })
          return 0
        },
        () => RETRY_AFTER_MS,
      )
      .then((inMs) => {
        const again = () => {
          asking = false
          changed()
        }
        if (inMs === 0) again()
        else if (!closed) untilAsking = setTimeout(again, inMs)
      })
  }

  return {
    take(waiting) {
      const now = performance.now()
      skipLate(now)
      const first = batches[0]
      const reserved = batches.reduce((sum, { left }) => sum + left, 0)
      // The next batch is on its way before this one ends.
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

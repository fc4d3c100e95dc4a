const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** After the first failure, the second and so on; the last goes for all that follow. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS] as const
const GIVE_UP_AFTER_MS = 24 * HOUR_MS
/** Waits grow by up to this share, never shrink: greylisting wants its minutes in full. */
const JITTER = 0.2

/**
 * When to try again after `attempt` attempts (1 after the first), ms UTC; null 24 hours after the first attempt.
 * The last try falls on the end of those hours. `random` gives numbers in [0, 1).
 */
export function retryAt(attempt: number, firstAttemptAt: number, now: number, random: () => number): number | null {
  const end = firstAttemptAt + GIVE_UP_AFTER_MS
  if (now >= end) return null
  const wait = WAITS_MS[Math.min(Math.max(attempt, 1), WAITS_MS.length) - 1] ?? 4 * HOUR_MS
  return Math.min(now + Math.round(wait * (1 + JITTER * random())), end)
}

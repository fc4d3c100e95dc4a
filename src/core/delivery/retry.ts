const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** After the first failure, the second and so on; the last value repeats. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS] as const
const GIVE_UP_AFTER_MS = 24 * HOUR_MS
/** Waits are extended by up to this share and never shortened, because greylisting requires a minimum. */
const JITTER = 0.2

/**
 * The time of the next attempt (ms UTC) after `attempt` attempts (1 after the first); null from 24 hours after the
 * first attempt. The last attempt is at the end of those 24 hours. `random` returns numbers in [0, 1).
 */
export function retryAt(attempt: number, firstAttemptAt: number, now: number, random: () => number): number | null {
  const end = firstAttemptAt + GIVE_UP_AFTER_MS
  if (now >= end) return null
  const wait = WAITS_MS[Math.min(Math.max(attempt, 1), WAITS_MS.length) - 1] ?? 4 * HOUR_MS
  return Math.min(now + Math.round(wait * (1 + JITTER * random())), end)
}

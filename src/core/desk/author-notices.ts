const MINUTE_MS = 60_000
const BACKOFF_MINUTES = [1, 5, 15, 60] as const

/** How long to wait after this many emails to an author in a row could not be sent, ms. It is never given up. */
export function backoffOf(attempts: number): number {
  return MINUTE_MS * (BACKOFF_MINUTES[Math.min(attempts, BACKOFF_MINUTES.length) - 1] ?? 1)
}

import { QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../core/retention.ts'
import { OUTCOME_KEPT_MS, SET_ASIDE_KEPT_MS } from '../../flow/reports/apply-event.ts'

const HOUR_MS = 3_600_000

/**
 * Retention times on the privacy page, each from the constant that enforces it. One line for everything that is deleted
 * automatically.
 */
export const RETENTION: readonly string[] = [
  `When you stop, delete everything, or say that you did not ask for an email, a code made from your address stays for ${durationAsText(QUIET_AFTER_STOP_MS)}: until then nothing is sent when somebody signs your address up, or asks for a link to what you wrote. Nobody can read the address from the code.`,
  `How many emails somebody asked us to send you is counted under the same code for ${durationAsText(REQUESTED_EMAIL_WINDOW_MS)}.`,
  `What mail servers reported about an email to you is deleted as soon as it is applied, or after ${durationAsText(SET_ASIDE_KEPT_MS)} if that fails; the fact that something was reported stays for ${durationAsText(OUTCOME_KEPT_MS)}.`,
]

/** Whole days, or hours up to one day. */
function durationAsText(ms: number): string {
  return ms <= 24 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} hours` : `${Math.round(ms / (24 * HOUR_MS))} days`
}

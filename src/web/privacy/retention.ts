import { ADDRESS_UNDO_DAYS, QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../core/retention.ts'
import type { Words } from '../../core/words.ts'
import { OUTCOME_KEPT_MS, SET_ASIDE_KEPT_MS } from '../../flow/reports/apply-event.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * Retention times on the privacy page, each from the constant that enforces it. One line for everything that is deleted
 * automatically.
 */
export function retention(words: Words): readonly string[] {
  return [
    words.say('privacy.how-long.after-stop', { days: QUIET_AFTER_STOP_MS / DAY_MS }),
    words.say('privacy.how-long.requests', { hours: REQUESTED_EMAIL_WINDOW_MS / HOUR_MS }),
    words.say('privacy.how-long.address', { days: ADDRESS_UNDO_DAYS }),
    words.say('privacy.how-long.reports', {
      days: SET_ASIDE_KEPT_MS / DAY_MS,
      outcome: OUTCOME_KEPT_MS / DAY_MS,
    }),
  ]
}

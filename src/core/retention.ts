const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How long things are kept. What a page promises and what the service does are read from here; decision 26 lists the rest. */

/** How long the link in a confirmation email works. */
export const CONFIRMATION_LINK_HOURS = 48
export const CONFIRMATION_LINK_MS = CONFIRMATION_LINK_HOURS * HOUR_MS

/** A sign-up that nobody confirmed, or that was declined, is deleted so long after it was made: reports on its email have come by then. */
export const UNCONFIRMED_SIGN_UP_DAYS = 7
export const UNCONFIRMED_SIGN_UP_MS = UNCONFIRMED_SIGN_UP_DAYS * DAY_MS

/** After a stop nothing is sent to the mailbox on request for so long. */
export const QUIET_AFTER_STOP_MS = 30 * DAY_MS
/** Emails that were sent on request are counted within this window. */
export const REQUESTED_EMAIL_WINDOW_MS = DAY_MS

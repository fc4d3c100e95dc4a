const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Retention periods. Both the service and the promises on its pages read them here; decision 26 lists the rest. */

/** How long the link in a confirmation email works. */
export const CONFIRMATION_LINK_HOURS = 48
export const CONFIRMATION_LINK_MS = CONFIRMATION_LINK_HOURS * HOUR_MS

/**
 * An unconfirmed or declined sign-up is deleted this long after it was made. Reports on its email have arrived by then.
 */
export const UNCONFIRMED_SIGN_UP_DAYS = 7
export const UNCONFIRMED_SIGN_UP_MS = UNCONFIRMED_SIGN_UP_DAYS * DAY_MS

/** How long the link in the email to a new address works. */
export const ADDRESS_LINK_HOURS = 24
export const ADDRESS_LINK_MS = ADDRESS_LINK_HOURS * HOUR_MS
/**
 * For this long after a change of address, the former address may undo it, and links to the new one do not open what was
 * written before. The former address is deleted then.
 */
export const ADDRESS_UNDO_DAYS = 7
export const ADDRESS_UNDO_MS = ADDRESS_UNDO_DAYS * DAY_MS
/**
 * For this long after a change of address it is known that there was one, without the former address, so that a late report
 * about an email to that address does not end the emails to the new one.
 */
export const ADDRESS_CHANGE_KEPT_MS = 30 * DAY_MS

/** For this long after a stop, nothing is sent to the mailbox on request. */
export const QUIET_AFTER_STOP_MS = 30 * DAY_MS
/** Emails sent on request are counted within this window. */
export const REQUESTED_EMAIL_WINDOW_MS = DAY_MS

/** A learner who has not said yes to a text that an author wants to publish by then has said no. */
export const PROPOSAL_DAYS = 30
export const PROPOSAL_MS = PROPOSAL_DAYS * DAY_MS

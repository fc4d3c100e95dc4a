/** Stored as the reply when no email was sent because the learner reads on the web only. */
export const WEB_ONLY_REPLY = 'web only: no mail'

/** The same for a lesson that its learner opened on the page before its time. */
export const OPENED_EARLY_REPLY = 'opened on the page: no mail'

/** Stored where a person, or a report that came later, says that an unconfirmed message arrived. */
export const ARRIVED_REPLY = 'an operator confirmed that it arrived'
export const REPORTED_REPLY = 'a later report says: '

/** Whether a delivery counts as sent although there was no email: its page opened. */
export function isWithoutEmail(reply: string | null): boolean {
  return reply === WEB_ONLY_REPLY || reply === OPENED_EARLY_REPLY
}

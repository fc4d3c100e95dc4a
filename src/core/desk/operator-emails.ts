import type { MessageKey } from '../words.ts'

interface OperatorEmailRules {
  readonly subject: Extract<MessageKey, `desk.emails.${string}`>
  readonly body: Extract<MessageKey, `desk.emails.${string}`>
}

/**
 * Emails to operators. They belong to no learner and no course, so they are no deliveries: nobody unsubscribes from them, and
 * a pause of sending, a warm-up or the suppression list does not hold them. Subjects say nothing about the course.
 */
export const OPERATOR_EMAILS = {
  'sign-in': { subject: 'desk.emails.sign-in.subject', body: 'desk.emails.sign-in.body' },
  invitation: { subject: 'desk.emails.invitation.subject', body: 'desk.emails.invitation.body' },
  'roles-changed': { subject: 'desk.emails.roles-changed.subject', body: 'desk.emails.roles-changed.body' },
  'answers-granted': { subject: 'desk.emails.answers-granted.subject', body: 'desk.emails.answers-granted.body' },
  'answers-revoked': { subject: 'desk.emails.answers-revoked.subject', body: 'desk.emails.answers-revoked.body' },
  'questions-wait': { subject: 'desk.emails.questions-wait.subject', body: 'desk.emails.questions-wait.body' },
  'second-look': { subject: 'desk.emails.second-look.subject', body: 'desk.emails.second-look.body' },
  'bulk-act': { subject: 'desk.emails.bulk-act.subject', body: 'desk.emails.bulk-act.body' },
} as const satisfies Readonly<Record<string, OperatorEmailRules>>

export type OperatorEmailKind = keyof typeof OPERATOR_EMAILS

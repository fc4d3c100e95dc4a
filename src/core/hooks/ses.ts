import { z } from 'zod'
import { type BounceReason, reasonOf } from '../bounce-reason.ts'
import { type About, bareMessageId, type MailEvent, NOTHING_KNOWN, noted, tagIn } from '../mail-event.ts'
import { parseJson } from './hook.ts'

/** Fields as in docs.aws.amazon.com/ses/latest/dg/notification-contents.html; with event publishing `eventType` names the kind. */
const notification = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z
    .object({
      source: z.string().optional(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
      commonHeaders: z.object({ messageId: z.string().optional() }).optional(),
    })
    .optional(),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string().optional(),
      bouncedRecipients: z
        .array(z.object({ status: z.string().optional(), diagnosticCode: z.string().optional() }))
        .default([]),
    })
    .optional(),
  complaint: z
    .object({ complaintSubType: z.string().nullish(), complaintFeedbackType: z.string().nullish() })
    .optional(),
})

const BY_SUBTYPE: Readonly<Record<string, BounceReason>> = {
  NoEmail: 'userunknown',
  Suppressed: 'suppressed',
  OnAccountSuppressionList: 'suppressed',
  MailboxFull: 'mailboxfull',
  MessageTooLarge: 'mesgtoobig',
  ContentRejected: 'contenterror',
  AttachmentRejected: 'contenterror',
}

/** What SES says, out of the `Message` of an SNS notification. */
export function readSes(message: string): MailEvent {
  const read = notification.safeParse(parseJson(message)).data
  if (read === undefined) return noted(NOTHING_KNOWN)
  const about: About = {
    tag: tagIn(read.mail?.source),
    // SES gives every message another Message-ID; the one we wrote is among the original headers.
    messageId: bareMessageId(
      read.mail?.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value ??
        read.mail?.commonHeaders?.messageId,
    ),
  }
  const kind = read.notificationType ?? read.eventType
  if (kind === 'Delivery') return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  if (kind === 'DeliveryDelay') return { kind: 'delayed', about, reason: 'undefined', permanent: false }
  if (kind === 'Complaint' && read.complaint) return readComplaint(read.complaint, about)
  if (kind === 'Bounce' && read.bounce) return readBounce(read.bounce, about)
  return noted(about)
}

type Bounce = NonNullable<z.infer<typeof notification>['bounce']>
type Complaint = NonNullable<z.infer<typeof notification>['complaint']>

function readComplaint(complaint: Complaint, about: About): MailEvent {
  // "not-spam" takes mail out of a spam folder; with a sub-type, SES refused to send to who had complained before.
  if (complaint.complaintFeedbackType === 'not-spam') return noted(about)
  if (complaint.complaintSubType === 'OnAccountSuppressionList')
    return { kind: 'bounced', about, reason: 'suppressed', permanent: true }
  return { kind: 'complained', about, reason: 'feedback', permanent: true }
}

function readBounce(bounce: Bounce, about: About): MailEvent {
  const [recipient] = bounce.bouncedRecipients
  const said = reasonOf({ status: recipient?.status ?? null, text: recipient?.diagnosticCode ?? '' })
  const told = BY_SUBTYPE[bounce.bounceSubType ?? '']
  // SES calls a bounce permanent where it asks for the address to be taken off the list.
  const fallback: BounceReason = bounce.bounceType === 'Permanent' ? 'userunknown' : 'undefined'
  const reason = told ?? (said === 'undefined' ? fallback : said)
  return { kind: 'bounced', about, reason, permanent: bounce.bounceType === 'Permanent' || reason === 'contenterror' }
}

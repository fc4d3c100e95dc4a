import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { isRecord, listField, objectField, onlyAddress, textField } from './fields.ts'
import { parseExactJson } from './hook.ts'
import {
  envelopeTag,
  findMessageId,
  type MailEvent,
  type MessageReference,
  noted,
  type RelayEvent,
  UNKNOWN_MESSAGE,
} from './mail-event.ts'

const mailbox = objectField({ status: textField, diagnosticCode: textField })
const header = objectField({ name: textField, value: textField })

/** Fields as in docs.aws.amazon.com/ses/latest/dg/notification-contents.html; with event publishing `eventType` names the kind. */
const notification = z.object({
  notificationType: textField,
  eventType: textField,
  mail: objectField({
    source: textField,
    destination: listField,
    headers: listField,
    commonHeaders: objectField({ messageId: textField }),
  }),
  bounce: objectField({ bounceType: textField, bounceSubType: textField, bouncedRecipients: listField }),
  complaint: objectField({
    complaintSubType: textField,
    complaintFeedbackType: textField,
    complainedRecipients: listField,
  }),
  subscription: objectField({ newTopicPreferences: objectField({ unsubscribeAll: z.boolean().catch(false) }) }),
})

type Notification = z.infer<typeof notification>

const BY_SUBTYPE: ReadonlyMap<string, BounceReason> = new Map([
  ['NoEmail', 'userunknown'],
  ['Suppressed', 'suppressed'],
  ['OnAccountSuppressionList', 'suppressed'],
  ['MailboxFull', 'mailboxfull'],
  ['MessageTooLarge', 'mesgtoobig'],
  ['ContentRejected', 'contenterror'],
  ['AttachmentRejected', 'contenterror'],
])

/** What SES says, out of the `Message` of an SNS notification. */
export function readSes(message: string): RelayEvent {
  const json = parseExactJson(message)
  if (!isRecord(json)) return { event: noted(UNKNOWN_MESSAGE), recipient: null }
  const read = notification.parse(json)
  const about: MessageReference = {
    tag: envelopeTag(read.mail.source),
    // SES gives every message another Message-ID; the one written here is among the original headers.
    messageId: findMessageId(headerOf(read.mail.headers, 'message-id') ?? read.mail.commonHeaders.messageId),
  }
  const kind = read.notificationType || read.eventType
  const named =
    kind === 'Bounce'
      ? read.bounce.bouncedRecipients
      : kind === 'Complaint'
        ? read.complaint.complainedRecipients
        : read.mail.destination
  return { event: eventOf(kind, read, about), recipient: onlyAddress(named.slice(0, 2).map(bareAddress)) }
}

function eventOf(kind: string, read: Notification, about: MessageReference): MailEvent {
  if (kind === 'Delivery') return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  if (kind === 'DeliveryDelay') return { kind: 'delayed', about, reason: 'undefined', permanent: false }
  if (kind === 'Complaint') return readComplaint(read.complaint, about)
  if (kind === 'Bounce' && read.bounce.bounceType !== '') return readBounce(read.bounce, about)
  if (kind === 'Subscription' && read.subscription.newTopicPreferences.unsubscribeAll)
    return { kind: 'unsubscribed', about, reason: 'undefined', permanent: true }
  return noted(about)
}

/** Bounces and complaints name their recipients in objects, everything else as text. */
function bareAddress(item: unknown): unknown {
  return isRecord(item) ? item.emailAddress : item
}

function headerOf(headers: readonly unknown[], wanted: string): string | null {
  for (const item of headers) {
    const { name, value } = header.parse(item)
    if (name.toLowerCase() === wanted) return value
  }
  return null
}

function readComplaint(complaint: Notification['complaint'], about: MessageReference): MailEvent {
  // "not-spam" takes mail out of a spam folder; with a sub-type, SES refused to send to who had complained before.
  if (complaint.complaintFeedbackType === 'not-spam') return noted(about)
  if (complaint.complaintSubType === 'OnAccountSuppressionList')
    return { kind: 'bounced', about, reason: 'suppressed', permanent: true }
  return { kind: 'complained', about, reason: 'feedback', permanent: true }
}

function readBounce(bounce: Notification['bounce'], about: MessageReference): MailEvent {
  const { status, diagnosticCode } = mailbox.parse(bounce.bouncedRecipients[0])
  const said = reasonOf({ status: status || null, text: diagnosticCode })
  const known = BY_SUBTYPE.get(bounce.bounceSubType)
  // SES calls a bounce permanent where it asks for the address to be taken off the list.
  const fallback: BounceReason = bounce.bounceType === 'Permanent' ? 'userunknown' : 'undefined'
  const reason = known ?? (said === 'undefined' ? fallback : said)
  return { kind: 'bounced', about, reason, permanent: bounce.bounceType === 'Permanent' || reason === 'contenterror' }
}

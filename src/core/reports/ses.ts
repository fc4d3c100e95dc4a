import { z } from 'zod'
import { AppError } from '../errors.ts'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { isRecord, listField, longTextField, objectField, onlyAddress, readFields, textField } from './fields.ts'
import { inboundEmail } from './inbound-email.ts'
import {
  bounced,
  complained,
  delayed,
  delivered,
  envelopeTag,
  findMessageId,
  type MailEvent,
  type MessageReference,
  noted,
  unsubscribed,
} from './mail-event.ts'
import { checkSnsEnvelope, isSignedBySns, readSnsEnvelope } from './sns.ts'
import {
  defineProvider,
  type ProviderReport,
  refused,
  type WebhookRequest,
  type WebhookVerdict,
  type WebhookWorld,
} from './webhook.ts'

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

/** Fields as in docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html, of an SNS action. */
const received = z.object({
  content: longTextField,
  receipt: objectField({ recipients: listField, action: objectField({ encoding: textField }) }),
})

const BY_SUBTYPE: ReadonlyMap<string, BounceReason> = new Map([
  ['NoEmail', 'userunknown'],
  ['Suppressed', 'suppressed'],
  ['OnAccountSuppressionList', 'suppressed'],
  ['MailboxFull', 'mailboxfull'],
  ['MessageTooLarge', 'mesgtoobig'],
  ['ContentRejected', 'contenterror'],
  ['AttachmentRejected', 'contenterror'],
])

/** SNS topics that are accepted, separated by commas. */
const topics = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((topic) => topic !== ''))
  .refine(
    (list) => list.every((topic) => /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/.test(topic)),
    'contains something that is not an SNS topic ARN.',
  )
  .transform((topics) => ({ topics }))

export const ses = defineProvider({
  name: 'ses',
  setting: {
    name: 'SES_TOPIC_ARNS',
    type: topics,
    fix: 'Use the ARNs of the SNS topics, such as arn:aws:sns:eu-central-1:123456789012:mail, with commas.',
    meaning: 'SNS topics accepted at `/hooks/ses`, separated by commas',
    unset: 'no webhook',
  },
  takesReplies: true,
  verify: (request, { topics }, world) => verifySes(request, topics, world),
  read: readSes,
})

/**
 * SNS messages are at most 256 KB, as a JSON string inside JSON. Checked first, because parsing comes before the
 * signature.
 */
const MAX_BYTES = 600 * 1024

/** Accepts messages for one of the topics that are signed by an SNS certificate; see sns.ts. */
async function verifySes(
  request: WebhookRequest,
  topics: readonly string[],
  { now, fetch }: WebhookWorld,
): Promise<WebhookVerdict> {
  if (request.body.length > MAX_BYTES) return refused('unreadable')
  const raw = request.body.toString('utf8')
  const message = readSnsEnvelope(raw)
  if (message === null) return refused('unreadable')
  const checked = checkSnsEnvelope(message, topics, now)
  if (checked !== 'fine') return refused(checked)
  let certificate: string
  try {
    certificate = await fetch(message.SigningCertURL)
  } catch (error) {
    throw new AppError('busy', 'The SNS certificate is temporarily unavailable.', { cause: error })
  }
  if (!isSignedBySns(message, certificate, now)) return refused('forged')
  return { kind: 'events', events: [{ key: message.MessageId, nonce: null, raw }] }
}

/** Reads the SES event in an SNS `Message`, or the request to confirm a subscription. */
function readSes(raw: string): ProviderReport | null {
  const envelope = readSnsEnvelope(raw)
  if (envelope?.Type === 'SubscriptionConfirmation') return { kind: 'subscription', url: envelope.SubscribeURL ?? '' }
  const read = readFields(notification, envelope?.Message ?? '')
  if (read === null) return null
  if (read.notificationType === 'Received') return readReceived(envelope?.Message ?? '')
  const about: MessageReference = {
    tag: envelopeTag(read.mail.source),
    // SES replaces the Message-ID; the original one is among the original headers.
    messageId: findMessageId(headerValue(read.mail.headers, 'message-id') ?? read.mail.commonHeaders.messageId),
  }
  const kind = read.notificationType || read.eventType
  const named =
    kind === 'Bounce'
      ? read.bounce.bouncedRecipients
      : kind === 'Complaint'
        ? read.complaint.complainedRecipients
        : read.mail.destination
  return {
    kind: 'event',
    event: eventOf(kind, read, about),
    recipient: onlyAddress(named.slice(0, 2).map(bareAddress)),
  }
}

/** What Amazon found out about the sender is not used: the message itself is checked. */
function readReceived(message: string): ProviderReport | null {
  const { content, receipt } = readFields(received, message) ?? { content: '', receipt: null }
  if (receipt === null || content === '') return null
  const raw = Buffer.from(content, receipt.action.encoding.toUpperCase() === 'BASE64' ? 'base64' : 'utf8')
  const email = inboundEmail(receipt.recipients, raw, true)
  return email && { kind: 'email', email }
}

function eventOf(kind: string, read: Notification, about: MessageReference): MailEvent {
  if (kind === 'Delivery') return delivered(about)
  if (kind === 'DeliveryDelay') return delayed(about)
  if (kind === 'Complaint') return readComplaint(read.complaint, about)
  if (kind === 'Bounce' && read.bounce.bounceType !== '') return readBounce(read.bounce, about)
  if (kind === 'Subscription' && read.subscription.newTopicPreferences.unsubscribeAll) return unsubscribed(about)
  return noted(about)
}

/** Bounces and complaints list recipients as objects, all other events as text. */
function bareAddress(item: unknown): unknown {
  return isRecord(item) ? item.emailAddress : item
}

function headerValue(headers: readonly unknown[], wanted: string): string | null {
  for (const item of headers) {
    const { name, value } = header.parse(item)
    if (name.toLowerCase() === wanted) return value
  }
  return null
}

function readComplaint(complaint: Notification['complaint'], about: MessageReference): MailEvent {
  // "not-spam" means an email was moved out of spam; with a sub-type, SES blocked it because of an earlier complaint.
  if (complaint.complaintFeedbackType === 'not-spam') return noted(about)
  if (complaint.complaintSubType === 'OnAccountSuppressionList') return bounced(about, 'suppressed', true)
  return complained(about)
}

function readBounce(bounce: Notification['bounce'], about: MessageReference): MailEvent {
  const { status, diagnosticCode } = mailbox.parse(bounce.bouncedRecipients[0])
  const said = reasonOf({ status: status || null, text: diagnosticCode })
  const known = BY_SUBTYPE.get(bounce.bounceSubType)
  // SES asks senders to remove an address from their list after a permanent bounce.
  const fallback: BounceReason = bounce.bounceType === 'Permanent' ? 'userunknown' : 'undefined'
  const reason = known ?? (said === 'undefined' ? fallback : said)
  return bounced(about, reason, bounce.bounceType === 'Permanent' || reason === 'contenterror')
}

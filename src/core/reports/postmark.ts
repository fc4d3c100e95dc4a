import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import {
  addressOf,
  isRecord,
  listField,
  longTextField,
  namesField,
  objectField,
  readFields,
  textField,
} from './fields.ts'
import { inboundEmail, rebuildEmail } from './inbound-email.ts'
import { parseExactJson } from './json.ts'
import { bounced, complained, delivered, type MailEvent, type MessageReference, noted } from './mail-event.ts'
import {
  defineProvider,
  eventKey,
  headerOf,
  isSameText,
  type ProviderReport,
  refused,
  type WebhookRequest,
  type WebhookVerdict,
} from './webhook.ts'

/** Fields as in postmarkapp.com/developer/webhooks: bounce, spam complaint, delivery and subscription change. */
const payload = z.object({
  RecordType: textField,
  ID: textField,
  MessageID: textField,
  Type: textField,
  Details: textField,
  Email: textField,
  Recipient: textField,
  Metadata: namesField,
  SuppressSending: z.boolean().catch(false),
  SuppressionReason: textField,
})

type Payload = z.infer<typeof payload>

/** Fields as in postmarkapp.com/developer/webhooks/inbound-webhook; `RawEmail` is there if the server is told to include it. */
const inbound = z.object({
  OriginalRecipient: textField,
  From: textField,
  Subject: textField,
  Headers: listField,
  TextBody: longTextField,
  HtmlBody: longTextField,
  RawEmail: longTextField,
  Attachments: listField,
})

const header = objectField({ Name: textField, Value: textField })

/** A message of 2 MB as received, and its attachments in base64 once more. */
const MAX_BYTES = 6 * 1024 * 1024

/** Name of the metadata field with a delivery's tag: the header `X-PM-Metadata-delivery`, which Postmark strips. */
export const POSTMARK_METADATA = 'delivery'

export const postmark = defineProvider({
  name: 'postmark',
  setting: {
    name: 'POSTMARK_WEBHOOK_LOGIN',
    type: z
      .string()
      .regex(/^[^:\s]+:\S{16,}$/, 'is not a name and a password of at least 16 characters.')
      .transform((login) => ({ login })),
    fix: 'Use name:password as in the webhook address https://name:password@course.example/hooks/postmark.',
    meaning: '`name:password` in the address of the webhook `/hooks/postmark`, for reports and for inbound email',
    unset: 'no webhook',
    secret: true,
  },
  takesReplies: true,
  maxBytes: MAX_BYTES,
  challenge: 'Basic realm="reports"',
  verify: (request, { login }) => verifyPostmark(request, login),
  read: readPostmark,
})

/**
 * Accepts requests with the user name and password of the webhook's URL: Postmark does not sign requests but offers
 * basic authentication (postmarkapp.com/developer/webhooks/webhooks-overview, "Protecting your webhook").
 */
function verifyPostmark(request: WebhookRequest, login: string): WebhookVerdict {
  const given = headerOf(request, 'authorization')
  if (given === null) return refused('unauthenticated')
  const right = `basic ${Buffer.from(login).toString('base64')}`
  if (!isSameText(given.replace(/^basic\s+/i, 'basic '), right)) return refused('unauthenticated')
  const text = request.body.toString('utf8')
  const json = parseExactJson(text)
  if (!isRecord(json)) return refused('unreadable')
  return { kind: 'events', events: [{ key: keyOf(payload.parse(json), text), nonce: null, raw: text }] }
}

/**
 * Bounces and complaints have an id, a message is delivered once, and a subscription can change any number of times.
 */
function keyOf({ RecordType: type, ID: id, MessageID: messageId }: Payload, text: string): string {
  if (isInbound(type)) return eventKey(messageId === '' ? '' : `Inbound ${messageId}`, text)
  const own = id !== '' ? id : type === 'Delivery' ? messageId : ''
  return eventKey(own === '' ? '' : `${type} ${own}`, text)
}

/** Types as in postmarkapp.com/developer/api/bounce-api, "Bounce types". */
const BY_TYPE: ReadonlyMap<string, readonly [BounceReason, permanent: boolean]> = new Map([
  ['HardBounce', ['userunknown', true]],
  ['BadEmailAddress', ['userunknown', true]],
  ['ManuallyDeactivated', ['suppressed', true]],
  ['DnsError', ['hostunknown', false]],
  ['Transient', ['undefined', false]],
  ['SoftBounce', ['undefined', false]],
  ['SpamNotification', ['spamdetected', true]],
  ['VirusNotification', ['virusdetected', true]],
  ['Blocked', ['blocked', true]],
  ['DMARCPolicy', ['authfailure', true]],
  ['SpamComplaint', ['feedback', true]],
  ['AutoResponder', ['vacation', false]],
])

/** Why Postmark stopped sending to a person (postmarkapp.com/developer/webhooks/subscription-change-webhook). */
const BY_SUPPRESSION: ReadonlyMap<string, BounceReason> = new Map([
  ['HardBounce', 'suppressed'],
  ['SpamComplaint', 'feedback'],
])

/** Reports name their type; an email that came in names none. */
function isInbound(type: string): boolean {
  return type === '' || type === 'Inbound'
}

function readPostmark(raw: string): ProviderReport | null {
  const read = readFields(payload, raw)
  if (read === null) return null
  if (isInbound(read.RecordType)) return readInbound(raw)
  const metadata = Object.entries(read.Metadata).find(([name]) => name.toLowerCase() === POSTMARK_METADATA)
  const tag = typeof metadata?.[1] === 'string' ? metadata[1] : null
  return {
    kind: 'event',
    event: eventOf(read, { tag, messageId: null }),
    recipient: addressOf(read.Email || read.Recipient),
  }
}

function readInbound(raw: string): ProviderReport | null {
  const read = readFields(inbound, raw)
  if (read === null || read.OriginalRecipient === '') return null
  const isOriginal = read.RawEmail !== ''
  const fields = read.Headers.map((one) => header.parse(one)).map(({ Name, Value }) => [Name, Value] as const)
  const bytes = isOriginal
    ? Buffer.from(read.RawEmail)
    : rebuildEmail({
        fields: [['From', read.From], ['To', read.OriginalRecipient], ['Subject', read.Subject], ...fields],
        ...{ text: read.TextBody, html: read.HtmlBody, hasAttachments: read.Attachments.length > 0 },
      })
  const email = inboundEmail([read.OriginalRecipient], bytes, isOriginal)
  return email && { kind: 'email', email }
}

function eventOf(read: Payload, about: MessageReference): MailEvent {
  if (read.RecordType === 'Delivery') return delivered(about)
  if (read.RecordType === 'SubscriptionChange') {
    // Reactivating an address at Postmark does not mean that the learner asked to resume a course.
    if (!read.SuppressSending) return noted(about)
    const reason = BY_SUPPRESSION.get(read.SuppressionReason) ?? 'undefined'
    return { kind: 'suppressed', about, reason, permanent: true }
  }
  if (read.RecordType === 'SpamComplaint' || (read.RecordType === 'Bounce' && read.Type === 'SpamComplaint'))
    return complained(about)
  const known = BY_TYPE.get(read.Type)
  if (read.RecordType !== 'Bounce' || known === undefined) return noted(about)
  const [type, permanent] = known
  const said = reasonOf({ status: null, text: read.Details })
  // Postmark's type is preferred; the server's own wording only says more if that type is a general one.
  const isGeneral = type === 'undefined' || read.Type === 'HardBounce'
  const reason = isGeneral && said !== 'undefined' ? said : type
  return bounced(about, reason, permanent)
}

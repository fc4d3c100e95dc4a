import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { addressOf, isRecord, namesField, objectField, readFields, textField } from './fields.ts'
import { parseJson } from './json.ts'
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
import {
  defineProvider,
  eventKey,
  isRecent,
  isSameText,
  type ProviderReport,
  refused,
  type WebhookRequest,
  type WebhookVerdict,
} from './webhook.ts'

const signed = z.object({
  signature: z.object({
    token: z.string().min(1).max(200),
    timestamp: z.union([z.string().regex(/^\d{1,12}$/), z.number().int()]).transform(String),
    signature: z.string().max(200),
  }),
})

/** Fields as in documentation.mailgun.com, user-manual/events/event-structure. */
const payload = z.object({
  'event-data': objectField({
    id: textField,
    event: textField,
    severity: textField,
    reason: textField,
    recipient: textField,
    envelope: objectField({ sender: textField }),
    message: objectField({ headers: namesField }),
    'delivery-status': objectField({
      code: textField,
      'enhanced-code': textField,
      message: textField,
      description: textField,
    }),
  }),
})

/** Mailgun retries for eight hours (user-manual/webhooks/webhook-retries); unique tokens catch replays. */
const MAX_AGE_MS = 9 * 3_600_000
/**
 * Events are a few thousand bytes long; the limit is needed because they are parsed before the signature is checked.
 */
const MAX_BYTES = 256 * 1024

export const mailgun = defineProvider({
  name: 'mailgun',
  setting: {
    name: 'MAILGUN_SIGNING_KEY',
    type: z
      .string()
      .min(16, 'is too short to be a signing key.')
      .transform((signingKey) => ({ signingKey })),
    fix: 'Use the HTTP webhook signing key that Mailgun shows.',
    meaning: 'HTTP webhook signing key for `/hooks/mailgun`',
    unset: 'no webhook',
    secret: true,
  },
  verify: (request, { signingKey }, { now }) => verifyMailgun(request, signingKey, now),
  read: readMailgun,
})

/**
 * Accepts requests signed with the webhook signing key: hexadecimal HMAC-SHA256 of the concatenated timestamp and token
 * (documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks). The signature does not cover the
 * event, so the token serves as a nonce and must never be accepted twice.
 */
function verifyMailgun(request: WebhookRequest, signingKey: string, now: number): WebhookVerdict {
  if (request.body.length > MAX_BYTES) return refused('unreadable')
  const text = request.body.toString('utf8')
  const json = parseJson(text)
  const read = signed.safeParse(json).data
  if (read === undefined) return refused('unreadable')
  const { token, timestamp, signature } = read.signature
  const right = createHmac('sha256', signingKey).update(timestamp).update(token).digest('hex')
  if (!isSameText(signature.toLowerCase(), right)) return refused('forged')
  if (!isRecent(Number(timestamp) * 1000, now, MAX_AGE_MS)) return refused('stale')
  if (!isRecord(json) || !isRecord(json['event-data'])) return refused('unreadable')
  const id = readFields(payload, text)?.['event-data'].id ?? ''
  return { kind: 'events', events: [{ key: eventKey(id, text), nonce: `mailgun ${token}`, raw: text }] }
}

function readMailgun(raw: string): ProviderReport | null {
  const read = readFields(payload, raw)?.['event-data']
  if (read === undefined) return null
  const messageId = read.message.headers['message-id']
  const about: MessageReference = {
    tag: envelopeTag(read.envelope.sender),
    messageId: findMessageId(typeof messageId === 'string' ? messageId : null),
  }
  return { kind: 'event', event: eventOf(read, about), recipient: addressOf(read.recipient) }
}

function eventOf(read: z.infer<typeof payload>['event-data'], about: MessageReference): MailEvent {
  if (read.event === 'delivered') return delivered(about)
  if (read.event === 'complained') return complained(about)
  if (read.event === 'unsubscribed') return unsubscribed(about)
  if (read.event !== 'failed') return noted(about)
  const status = read['delivery-status']
  const text = [status.code, status['enhanced-code'], status.message, status.description].join(' ').trim()
  const reason = reasonFor(read.reason, text, status['enhanced-code'] || null)
  // Mailgun retries a temporary failure itself.
  return read.severity === 'permanent' ? bounced(about, reason, true) : delayed(about, reason)
}

function reasonFor(own: string, text: string, status: string | null): BounceReason {
  if (own.startsWith('suppress-')) return 'suppressed'
  if (own === 'espblock') return 'blocked'
  return reasonOf({ status, text })
}

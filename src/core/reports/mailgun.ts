import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { addressOf, isRecord, longTextField, namesField, objectField, readFields, textField } from './fields.ts'
import { inboundEmail, MAX_INBOUND_BYTES } from './inbound-email.ts'
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
  headerOf,
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
/** A form with a whole message, each byte of which may be written as three. */
const MAX_EMAIL_BYTES = 3 * MAX_INBOUND_BYTES

export const mailgun = defineProvider({
  name: 'mailgun',
  setting: {
    name: 'MAILGUN_SIGNING_KEY',
    type: z
      .string()
      .min(16, 'is too short to be a signing key.')
      .transform((signingKey) => ({ signingKey })),
    fix: 'Use the HTTP webhook signing key that Mailgun shows.',
    meaning: 'HTTP webhook signing key for `/hooks/mailgun`, and for routes that forward to `/hooks/mailgun/mime`',
    unset: 'no webhook',
    secret: true,
  },
  takesReplies: true,
  emailPath: '/mime',
  maxBytes: MAX_EMAIL_BYTES,
  verify: (request, { signingKey }, { now }) =>
    isForm(request) ? verifyRoute(request, signingKey, now) : verifyMailgun(request, signingKey, now),
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
  const refusal = refusalOf(read.signature, signingKey, now)
  if (refusal !== null) return refused(refusal)
  if (!isRecord(json) || !isRecord(json['event-data'])) return refused('unreadable')
  const id = readFields(payload, text)?.['event-data'].id ?? ''
  return { kind: 'events', events: [{ key: eventKey(id, text), nonce: `mailgun ${read.signature.token}`, raw: text }] }
}

function refusalOf(
  { token, timestamp, signature }: z.infer<typeof signed>['signature'],
  signingKey: string,
  now: number,
): 'forged' | 'stale' | null {
  const right = createHmac('sha256', signingKey).update(timestamp).update(token).digest('hex')
  if (!isSameText(signature.toLowerCase(), right)) return 'forged'
  return isRecent(Number(timestamp) * 1000, now, MAX_AGE_MS) ? null : 'stale'
}

/** Fields of a route that forwards to an address ending in "mime" (user-manual/receive-forward-store/receive-http). */
const routed = z.object({ recipient: textField, 'body-mime': longTextField })

function isForm(request: WebhookRequest): boolean {
  return /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(headerOf(request, 'content-type') ?? '')
}

/** The signature covers timestamp and token only, as that of an event. */
async function verifyRoute(request: WebhookRequest, signingKey: string, now: number): Promise<WebhookVerdict> {
  const fields = await readForm(request)
  const read = signed.safeParse({ signature: fields }).data?.signature
  if (fields === null || read === undefined) return refused('unreadable')
  const refusal = refusalOf(read, signingKey, now)
  if (refusal !== null) return refused(refusal)
  const raw = JSON.stringify({ 'body-mime': '', ...fields })
  return {
    kind: 'events',
    events: [{ key: eventKey(`route ${read.token}`, raw), nonce: `mailgun ${read.token}`, raw }],
  }
}

/** The text fields of a form; null if it is not one. */
async function readForm({ headers, body }: WebhookRequest): Promise<Readonly<Record<string, string>> | null> {
  try {
    const type = String(headers['content-type'])
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].filter((field): field is [string, string] => typeof field[1] === 'string'))
  } catch {
    return null
  }
}

function readMailgun(raw: string): ProviderReport | null {
  const route = readFields(routed, raw)
  if (route !== null && route['body-mime'] !== '') {
    const email = inboundEmail([route.recipient], Buffer.from(route['body-mime']), true)
    return email && { kind: 'email', email }
  }
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

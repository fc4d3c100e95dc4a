import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { addressOf, isRecord, readFields, textField } from './fields.ts'
import { parseExactJson } from './json.ts'
import {
  bounced,
  complained,
  delayed,
  delivered,
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
  type ProviderReport,
  refused,
  type WebhookRequest,
  type WebhookVerdict,
} from './webhook.ts'

/** Fields as in twilio.com/docs/sendgrid/for-developers/tracking-events/event. */
const payload = z.object({
  event: textField,
  sg_event_id: textField,
  email: textField,
  'smtp-id': textField,
  type: textField,
  status: textField,
  reason: textField,
})

type Payload = z.infer<typeof payload>

/** SendGrid retries for a day. Events are deduplicated by id, so a replay within that time has no effect. */
const MAX_AGE_MS = 25 * 3_600_000

export const sendgrid = defineProvider({
  name: 'sendgrid',
  setting: {
    name: 'SENDGRID_VERIFICATION_KEY',
    type: z
      .string()
      .refine(isSendgridKey, 'is not a verification key.')
      .transform((publicKey) => ({ publicKey })),
    fix: 'Use the verification key that SendGrid shows for the signed event webhook.',
    meaning: 'verification key of the signed event webhook at `/hooks/sendgrid`',
    unset: 'no webhook',
  },
  verify: (request, { publicKey }, { now }) => verifySendgrid(request, publicKey, now),
  read: readSendgrid,
})

function isSendgridKey(text: string): boolean {
  try {
    readSendgridKey(text)
    return true
  } catch {
    return false
  }
}

/** Reads the key as SendGrid shows it: base64 of an SPKI structure. Throws for anything else. */
function readSendgridKey(text: string): KeyObject {
  const bare = text.replace(/-----[A-Z ]+-----|\s/g, '')
  const key = createPublicKey({ key: Buffer.from(bare, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ec') throw new TypeError('This is not a key on an elliptic curve.')
  return key
}

/**
 * Accepts requests signed with SendGrid's key: ECDSA with SHA-256 over the timestamp's text and the body's bytes
 * (twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
 */
function verifySendgrid(request: WebhookRequest, publicKey: string, now: number): WebhookVerdict {
  const signature = headerOf(request, 'x-twilio-email-event-webhook-signature')
  const timestamp = headerOf(request, 'x-twilio-email-event-webhook-timestamp')
  if (signature === null || timestamp === null) return refused('unauthenticated')
  if (!isSigned(Buffer.concat([Buffer.from(timestamp), request.body]), publicKey, signature)) return refused('forged')
  if (!isRecent(Number(timestamp) * 1000, now, MAX_AGE_MS)) return refused('stale')
  const json = parseExactJson(request.body.toString('utf8'))
  const list = Array.isArray(json) ? json : [json]
  if (list.length === 1 && !isRecord(list[0])) return refused('unreadable')
  return {
    kind: 'events',
    // Skip items that are not objects, so that one bad item does not lose the other events.
    events: list.filter(isRecord).map((item) => {
      const raw = JSON.stringify(item)
      return { key: eventKey(payload.parse(item).sg_event_id, raw), nonce: null, raw }
    }),
  }
}

function isSigned(text: Buffer, publicKey: string, signature: string): boolean {
  try {
    return verify('sha256', text, readSendgridKey(publicKey), Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

function readSendgrid(raw: string): ProviderReport | null {
  const read = readFields(payload, raw)
  if (read === null) return null
  const about: MessageReference = { tag: null, messageId: findMessageId(read['smtp-id']) }
  return { kind: 'event', event: eventOf(read, about), recipient: addressOf(read.email) }
}

function eventOf(read: Payload, about: MessageReference): MailEvent {
  switch (read.event) {
    case 'delivered':
      return delivered(about)
    case 'deferred':
      return delayed(about)
    case 'spamreport':
      return complained(about)
    case 'unsubscribe':
    case 'group_unsubscribe':
      return unsubscribed(about)
    case 'dropped':
      return bounced(about, droppedFor(read.reason), true)
    case 'bounce': {
      const said = reasonOf({ status: read.status || null, text: read.reason })
      const isBlock = read.type === 'blocked'
      // A block may be temporary; SendGrid never retries after a real bounce.
      const reason: BounceReason = said === 'undefined' && !isBlock ? 'userunknown' : said
      return bounced(about, reason, !isBlock || /^\s*5/.test(read.status || read.reason))
    }
    default:
      return noted(about)
  }
}

/** SendGrid did not try to send, mostly because the address is on its suppression list. */
function droppedFor(reason: string): BounceReason {
  if (/bounced|unsubscribed|spam reporting/i.test(reason)) return 'suppressed'
  if (/invalid/i.test(reason)) return 'userunknown'
  return /spam content/i.test(reason) ? 'spamdetected' : 'undefined'
}

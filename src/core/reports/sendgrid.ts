import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { type BounceReason, reasonOf } from './bounce-reason.ts'
import { addressOf, isRecord, textField } from './fields.ts'
import { eventKey, type HookRequest, type HookVerdict, headerOf, isRecent, parseExactJson, refused } from './hook.ts'
import {
  findMessageId,
  type MailEvent,
  type MessageReference,
  noted,
  type RelayEvent,
  UNKNOWN_MESSAGE,
} from './mail-event.ts'

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

/** SendGrid tries again for a day; what is kept by its event id is applied once, so that a replay within it does nothing. */
const MAX_AGE_MS = 25 * 3_600_000

/** The key as SendGrid shows it, base64 of an SPKI structure. Throws for anything else. */
export function readSendgridKey(text: string): KeyObject {
  const bare = text.replace(/-----[A-Z ]+-----|\s/g, '')
  const key = createPublicKey({ key: Buffer.from(bare, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ec') throw new TypeError('This is not a key on an elliptic curve.')
  return key
}

/**
 * Believes what is signed with SendGrid's key: ECDSA with SHA-256 over the timestamp's text and the body's bytes
 * (twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
 */
export function verifySendgrid(request: HookRequest, publicKey: string, now: number): HookVerdict {
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
    // What is no event among others is nothing to keep, and no reason to lose them.
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

/** What SendGrid says in one event. */
export function readSendgrid(raw: string): RelayEvent {
  const read = payload.safeParse(parseExactJson(raw)).data
  if (read === undefined) return { event: noted(UNKNOWN_MESSAGE), recipient: null }
  const about: MessageReference = { tag: null, messageId: findMessageId(read['smtp-id']) }
  return { event: eventOf(read, about), recipient: addressOf(read.email) }
}

function eventOf(read: Payload, about: MessageReference): MailEvent {
  switch (read.event) {
    case 'delivered':
      return { kind: 'delivered', about, reason: 'delivered', permanent: false }
    case 'deferred':
      return { kind: 'delayed', about, reason: 'undefined', permanent: false }
    case 'spamreport':
      return { kind: 'complained', about, reason: 'feedback', permanent: true }
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'unsubscribed', about, reason: 'undefined', permanent: true }
    case 'dropped':
      return { kind: 'bounced', about, reason: droppedFor(read.reason), permanent: true }
    case 'bounce': {
      const said = reasonOf({ status: read.status || null, text: read.reason })
      const isBlock = read.type === 'blocked'
      // A block is a refusal that may pass; a bounce proper is one that SendGrid never tries again.
      const reason: BounceReason = said === 'undefined' && !isBlock ? 'userunknown' : said
      return { kind: 'bounced', about, reason, permanent: !isBlock || /^\s*5/.test(read.status || read.reason) }
    }
    default:
      return noted(about)
  }
}

/** SendGrid did not try: mostly because the address is on a list of its own. */
function droppedFor(reason: string): BounceReason {
  if (/bounced|unsubscribed|spam reporting/i.test(reason)) return 'suppressed'
  if (/invalid/i.test(reason)) return 'userunknown'
  return /spam content/i.test(reason) ? 'spamdetected' : 'undefined'
}

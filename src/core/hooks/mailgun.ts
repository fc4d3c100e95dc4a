import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { type BounceReason, reasonOf } from '../bounce-reason.ts'
import { type About, bareMessageId, type MailEvent, NOTHING_KNOWN, noted, tagIn } from '../mail-event.ts'
import { type HookRequest, type HookVerdict, isSameText, isTimely, parseJson, refused } from './hook.ts'

const event = z.object({
  id: z.string().min(1).max(200),
  event: z.string(),
  severity: z.string().optional(),
  reason: z.string().optional(),
  envelope: z.object({ sender: z.string().optional() }).optional(),
  message: z.object({ headers: z.record(z.string(), z.unknown()).optional() }).optional(),
  'delivery-status': z
    .object({
      code: z.number().nullish(),
      'enhanced-code': z.string().nullish(),
      message: z.string().nullish(),
      description: z.string().nullish(),
    })
    .optional(),
})

const payload = z.object({
  signature: z.object({
    token: z.string().min(1).max(200),
    timestamp: z.union([z.string().regex(/^\d{1,12}$/), z.number().int()]).transform(String),
    signature: z.string(),
  }),
  'event-data': event,
})

/** Mailgun tries again for eight hours (user-manual/webhooks/webhook-retries); its promise that a token comes once does the rest. */
const MAX_AGE_MS = 9 * 3_600_000

/**
 * Believes what is signed with the webhook signing key: hexadecimal HMAC-SHA256 of timestamp and token, joined
 * (documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks). The signature does not cover the
 * event, so the token must never be taken twice: it is the nonce.
 */
export function verifyMailgun(request: HookRequest, signingKey: string, now: number): HookVerdict {
  const text = request.body.toString('utf8')
  const read = payload.safeParse(parseJson(text)).data
  if (read === undefined) return refused('unreadable')
  const { token, timestamp, signature } = read.signature
  const right = createHmac('sha256', signingKey).update(timestamp).update(token).digest('hex')
  if (!isSameText(signature.toLowerCase(), right)) return refused('forged')
  if (!isTimely(Number(timestamp) * 1000, now, MAX_AGE_MS)) return refused('stale')
  return { kind: 'events', events: [{ key: read['event-data'].id, nonce: `mailgun ${token}`, raw: text }] }
}

/** What Mailgun says in one request (user-manual/events/event-structure). */
export function readMailgun(raw: string): MailEvent {
  const read = payload.safeParse(parseJson(raw)).data?.['event-data']
  if (read === undefined) return noted(NOTHING_KNOWN)
  const messageId = read.message?.headers?.['message-id']
  const about: About = {
    tag: tagIn(read.envelope?.sender),
    messageId: bareMessageId(typeof messageId === 'string' ? messageId : null),
  }
  if (read.event === 'delivered') return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  if (read.event === 'complained') return { kind: 'complained', about, reason: 'feedback', permanent: true }
  if (read.event === 'unsubscribed') return { kind: 'unsubscribed', about, reason: 'undefined', permanent: true }
  if (read.event !== 'failed') return noted(about)
  const status = read['delivery-status']
  const text = [status?.code ?? '', status?.['enhanced-code'] ?? '', status?.message ?? '', status?.description ?? '']
    .join(' ')
    .trim()
  const reason = reasonFor(read.reason ?? '', text, status?.['enhanced-code'] ?? null)
  // A temporary failure is one that Mailgun itself tries again.
  return read.severity === 'permanent'
    ? { kind: 'bounced', about, reason, permanent: true }
    : { kind: 'delayed', about, reason, permanent: false }
}

function reasonFor(own: string, text: string, status: string | null): BounceReason {
  if (own.startsWith('suppress-')) return 'suppressed'
  if (own === 'espblock') return 'blocked'
  return reasonOf({ status, text })
}

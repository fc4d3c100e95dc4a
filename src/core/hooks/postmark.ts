import { z } from 'zod'
import { type BounceReason, reasonOf } from '../bounce-reason.ts'
import { type About, type MailEvent, NOTHING_KNOWN, noted } from '../mail-event.ts'
import { type HookRequest, type HookVerdict, headerOf, isSameText, parseJson, refused } from './hook.ts'

/** Fields as in postmarkapp.com/developer/webhooks: bounce, spam complaint and delivery webhooks. */
const payload = z.object({
  RecordType: z.string(),
  ID: z.number().optional(),
  MessageID: z.string().optional(),
  Type: z.string().optional(),
  Details: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).nullish(),
})

/** Name of the metadata that carries a delivery's tag: the header `X-PM-Metadata-delivery`, which Postmark takes off. */
export const POSTMARK_METADATA = 'delivery'

/**
 * Believes who knows the name and password of the webhook's URL: Postmark signs nothing, and offers basic
 * authentication (postmarkapp.com/developer/webhooks/webhooks-overview, "Protecting your webhook").
 */
export function verifyPostmark(request: HookRequest, login: string): HookVerdict {
  const given = headerOf(request, 'authorization')
  if (given === null) return refused('unauthenticated')
  const right = `basic ${Buffer.from(login).toString('base64')}`
  if (!isSameText(given.replace(/^basic\s+/i, 'basic '), right)) return refused('unauthenticated')
  const text = request.body.toString('utf8')
  const read = payload.safeParse(parseJson(text)).data
  const id = read?.ID ?? read?.MessageID
  if (read === undefined || id === undefined) return refused('unreadable')
  return { kind: 'events', events: [{ key: `${read.RecordType} ${id}`, nonce: null, raw: text }] }
}

/** Types as in postmarkapp.com/developer/api/bounce-api, "Bounce types". */
const BY_TYPE: Readonly<Record<string, readonly [BounceReason, permanent: boolean]>> = {
  HardBounce: ['userunknown', true],
  BadEmailAddress: ['userunknown', true],
  ManuallyDeactivated: ['suppressed', true],
  DnsError: ['hostunknown', false],
  Transient: ['undefined', false],
  SoftBounce: ['undefined', false],
  SpamNotification: ['spamdetected', true],
  VirusNotification: ['virusdetected', true],
  Blocked: ['blocked', true],
  DMARCPolicy: ['authfailure', true],
  SpamComplaint: ['feedback', true],
  AutoResponder: ['vacation', false],
}

/** What Postmark says in one request. */
export function readPostmark(raw: string): MailEvent {
  const read = payload.safeParse(parseJson(raw)).data
  if (read === undefined) return noted(NOTHING_KNOWN)
  const metadata = Object.entries(read.Metadata ?? {}).find(([name]) => name.toLowerCase() === POSTMARK_METADATA)
  const tag = typeof metadata?.[1] === 'string' ? metadata[1] : null
  const about: About = { tag, messageId: null }
  if (read.RecordType === 'Delivery') return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  if (read.RecordType === 'SpamComplaint' || read.Type === 'SpamComplaint')
    return { kind: 'complained', about, reason: 'feedback', permanent: true }
  const known = BY_TYPE[read.Type ?? '']
  if (read.RecordType !== 'Bounce' || known === undefined) return noted(about)
  const [type, permanent] = known
  const said = reasonOf({ status: null, text: read.Details ?? '' })
  // The type is Postmark's judgement; the server's own words tell more only where that judgement is a general one.
  const isGeneral = type === 'undefined' || read.Type === 'HardBounce'
  const reason = isGeneral && said !== 'undefined' ? said : type
  return { kind: 'bounced', about, reason, permanent }
}

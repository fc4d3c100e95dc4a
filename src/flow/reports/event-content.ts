import { type MailEvent, noted, UNKNOWN_MESSAGE } from '../../core/reports/mail-event.ts'
import { type ProviderName, providerOf } from '../../core/reports/providers.ts'
import type { ProviderReport } from '../../core/reports/webhook.ts'
import { addressKey } from '../../core/security/keys.ts'
import { openBytes, sealBytes } from '../../core/security/sealer.ts'
import type { Ports } from '../ports/ports.ts'
import type { StoredEvent } from '../ports/report-ports.ts'

/**
 * Content waiting to be applied:
 * - `mail`: the beginning of an email to the return-path domain; empty for one to an unsubscribe address
 * - `event`: a parsed webhook event, with the key of the address it named
 * - `email`: nothing, because it was passed on when it arrived
 * - `subscription`: the URL at which SNS wants a subscription confirmed
 */
export type EventContent =
  | { readonly form: 'mail'; readonly recipient: string; readonly raw: Uint8Array }
  | { readonly form: 'event'; readonly event: MailEvent; readonly addressKey: string | null }
  | { readonly form: 'email' }
  | { readonly form: 'subscription'; readonly url: string }

type Named = Pick<StoredEvent, 'source' | 'key'>
const LINE_FEED = 0x0a

/** Encrypts content, bound to its row. */
export function sealContent(ports: Pick<Ports, 'keys' | 'randomBytes'>, row: Named, content: EventContent): Uint8Array {
  const { raw, ...head } = content.form === 'mail' ? content : { ...content, raw: new Uint8Array() }
  const plain = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), raw])
  return sealBytes(ports.keys.reports, contextOf(row), plain, ports.randomBytes)
}

/** Throws AppError 'misconfigured' if it was encrypted with another SECRET_KEY. */
export function openContent(ports: Pick<Ports, 'keys'>, stored: StoredEvent): EventContent {
  if (!stored.isSealed) return readUnsealedContent(ports, stored)
  const plain = openBytes(ports.keys.reports, contextOf(stored), stored.content)
  const end = plain.indexOf(LINE_FEED)
  const head = JSON.parse(plain.toString('utf8', 0, end))
  return head.form === 'mail' ? { ...head, raw: plain.subarray(end + 1) } : head
}

/** The content of one webhook event. `raw` must be verified. */
export function readWebhookEvent(ports: Pick<Ports, 'keys'>, source: ProviderName, raw: string): EventContent {
  return contentOf(ports, providerOf(source).read(raw))
}

export function contentOf(ports: Pick<Ports, 'keys'>, report: ProviderReport | null): EventContent {
  if (report === null) return { form: 'event', event: noted(UNKNOWN_MESSAGE), addressKey: null }
  if (report.kind === 'email') return { form: 'email' }
  if (report.kind === 'subscription') return { form: 'subscription', url: report.url }
  const { event, recipient } = report
  return { form: 'event', event, addressKey: recipient === null ? null : addressKey(ports.keys, recipient) }
}

function readUnsealedContent(ports: Pick<Ports, 'keys'>, { source, recipient, content }: StoredEvent): EventContent {
  return source === 'smtp'
    ? { form: 'mail', recipient: recipient ?? '', raw: content }
    : readWebhookEvent(ports, source, Buffer.from(content).toString('utf8'))
}

function contextOf({ source, key }: Named): string {
  return `report ${source} ${key}`
}

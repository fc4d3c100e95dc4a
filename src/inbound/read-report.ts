import { isPermanent, reasonOf } from '../core/reports/bounce-reason.ts'
import { envelopeTag, findMessageId, type MailEvent, type MessageReference, noted } from '../core/reports/mail-event.ts'
import { type ReportParts, readFieldGroups, readParts } from './read-mime-parts.ts'

/** Messages have one recipient, so a real report has two groups of fields. */
const MAX_GROUPS = 20
/** Longer than any real SMTP reply. Diagnostics are truncated to it before they are classified. */
const MAX_DIAGNOSTIC = 2_000
/** A free-text bounce explains the failure near its beginning, followed by the returned message. */
const MAX_FREE_TEXT = 8_000

/**
 * Parses an email sent to a return-path address: a delivery report (RFC 3464), a complaint (RFC 5965), or a free-text
 * bounce. Never throws: anything else is `noted` and changes nothing.
 */
export function readReport(raw: Uint8Array): MailEvent {
  const parts = readParts(raw)
  const about = aboutOf(parts)
  const feedback = parts.reported.get('message/feedback-report')
  if (feedback !== undefined) return readFeedback(readFieldGroups(feedback, 1)[0] ?? new Map(), about)
  const status = parts.reported.get('message/delivery-status') ?? parts.reported.get('message/global-delivery-status')
  if (status !== undefined) return readStatus(status, about)
  return readFreeText(parts, about)
}

/** RFC 5965 section 3.1: only these feedback types mean that a person complained. */
function readFeedback(fields: ReadonlyMap<string, string>, about: MessageReference): MailEvent {
  const own: MessageReference = {
    tag: envelopeTag(fields.get('original-mail-from')) ?? about.tag,
    messageId: about.messageId,
  }
  const isComplaint = ['abuse', 'fraud', 'opt-out', 'other'].includes((fields.get('feedback-type') ?? '').toLowerCase())
  return isComplaint ? { kind: 'complained', about: own, reason: 'feedback', permanent: true } : noted(own)
}

/** RFC 3464 section 2: a group of fields for the message, then one for each recipient. */
function readStatus(text: string, about: MessageReference): MailEvent {
  const recipients = readFieldGroups(text, MAX_GROUPS).filter(
    (fields) => fields.has('action') || fields.has('final-recipient'),
  )
  const failed = recipients.find((fields) => actionOf(fields) === 'failed')
  if (failed !== undefined) {
    const failure = { status: statusOf(failed), text: diagnosticOf(failed) }
    return { kind: 'bounced', about, reason: reasonOf(failure), permanent: isPermanent(failure) ?? false }
  }
  const actions = recipients.map(actionOf)
  if (actions.includes('delayed')) return { kind: 'delayed', about, reason: 'undefined', permanent: false }
  // "relayed" and "expanded" do not confirm arrival, but a server has accepted the message.
  if (actions.some((action) => ['delivered', 'relayed', 'expanded'].includes(action)))
    return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  return noted(about)
}

function actionOf(fields: ReadonlyMap<string, string>): string {
  return (fields.get('action') ?? '').toLowerCase().split(/[\s(]/, 1)[0] ?? ''
}

function statusOf(fields: ReadonlyMap<string, string>): string | null {
  return /[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null
}

/** RFC 3464 section 2.3.6: a diagnostic of type `smtp` is an SMTP reply; numbers in other types are not reply codes. */
function diagnosticOf(fields: ReadonlyMap<string, string>): string {
  const field = (fields.get('diagnostic-code') ?? '').slice(0, MAX_DIAGNOSTIC)
  const semicolon = field.indexOf(';')
  const type = field.slice(0, Math.max(semicolon, 0)).trim().toLowerCase()
  return semicolon < 0 || type === 'smtp' ? field : withoutNumbers(field.slice(semicolon + 1))
}

/**
 * Only free text from a mail server counts, and only the two well-known formats can make a failure permanent. People
 * and vacation responders write to the same address, sometimes with an empty return path and with numbers that look
 * like reply codes.
 */
function readFreeText(parts: ReportParts, about: MessageReference): MailEvent {
  if (!isFromMailServer(parts.headers)) return noted(about, 'vacation')
  const text = parts.text.slice(0, MAX_FREE_TEXT)
  const reply = replyIn(text, parts.headers)
  if (reply === null) return { kind: 'bounced', about, reason: looseReason(text), permanent: false }
  const failure = { status: reply.status, text: reply.text }
  return { kind: 'bounced', about, reason: reasonOf(failure), permanent: isPermanent(failure) ?? false }
}

/**
 * Unstructured text never makes a failure permanent, and never counts as a full mailbox, which would pause the course.
 */
function looseReason(text: string): MailEvent['reason'] {
  const reason = reasonOf({ status: null, text: withoutNumbers(text) })
  return reason === 'mailboxfull' ? 'undefined' : reason
}

function isFromMailServer(headers: ReadonlyMap<string, string>): boolean {
  const local = localPartOf(headers.get('from') ?? '')
  if (local === 'postmaster') return !/^auto-(replied|generated)/i.test(headers.get('auto-submitted') ?? '')
  return local === 'mailer-daemon' || local === 'mail-daemon' || local === 'mailerdaemon'
}

/** The part before the @ of the address in a From field, in lower case. */
function localPartOf(from: string): string {
  const at = from.lastIndexOf('@')
  // Some systems send a name without a domain.
  if (at < 0) return from.split(' ', 1)[0]?.toLowerCase() ?? ''
  const before = from.slice(0, at)
  const open = Math.max(before.lastIndexOf('<'), before.lastIndexOf(' '), before.lastIndexOf('\t'))
  return before.slice(open + 1).toLowerCase()
}

/** The opening lines of bounces from qmail (cr.yp.to/proto/qsbmf.txt) and Exim. */
const QMAIL = /^hi\. this is (the )?/i
const EXIM = 'This message was created automatically by mail delivery software.'

/**
 * Finds the SMTP reply in a bounce from qmail (QSBMF) or Exim: in the paragraph that begins with the recipient's
 * address, a line with an enhanced status code (RFC 3463) or a bare reply code, possibly after `Remote host said:`.
 * Returns null for any other text.
 */
function replyIn(
  text: string,
  headers: ReadonlyMap<string, string>,
): { readonly status: string | null; readonly text: string } | null {
  const lines = text.split('\n').map((line) => line.trim().slice(0, MAX_DIAGNOSTIC))
  const isExim = headers.has('x-failed-recipients') || lines.includes(EXIM)
  if (!isExim && !lines.slice(0, 5).some((line) => QMAIL.test(line))) return null
  const start = lines.findIndex((line) => (isExim ? isAddress(line) : /^<[^<>\s]{1,320}>:/.test(line)))
  if (start < 0) return null
  for (const [index, line] of lines.slice(start).entries()) {
    // End of the paragraph; a copy of the message may follow.
    if (line === '' && index > 0) break
    const said = /^(?:remote host said:|host \S{1,300} \[[^\]]{1,60}\]:)?\s{0,4}([245]\d\d)[ -](.*)$/i.exec(line)
    if (said === null) continue
    const status = /^#?([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(said[2] ?? '')?.[1] ?? null
    return { status, text: `${said[1]} ${said[2]}` }
  }
  // qmail puts the code of its own failures in brackets at the end: (#5.1.1).
  const paragraph = paragraphFrom(lines, start)
  const own = isExim ? null : /\(#([245]\.\d{1,3}\.\d{1,3})\)$/.exec(paragraph)
  return own === null ? null : { status: own[1] ?? null, text: withoutNumbers(paragraph) }
}

function paragraphFrom(lines: readonly string[], start: number): string {
  const end = lines.indexOf('', start)
  return lines
    .slice(start, end < 0 ? lines.length : end)
    .join(' ')
    .slice(0, MAX_DIAGNOSTIC)
}

function isAddress(line: string): boolean {
  return line.length <= 320 && /^[^\s@<>:]+@[^\s@<>:]+$/.test(line)
}

/** Digits in free text may be a telephone number or an address rather than a reply code. */
function withoutNumbers(text: string): string {
  return text.replace(/\d/g, '#')
}

/** Identifies the reported message by the returned message or header among the parts. */
function aboutOf({ reported, text, headers }: ReportParts): MessageReference {
  const returned = ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers']
    .map((type) => reported.get(type))
    .find((part) => part !== undefined)
  const fields = readFieldGroups(returned ?? '', 1)[0] ?? new Map<string, string>()
  return {
    tag: envelopeTag(fields.get('return-path')),
    messageId: findMessageId(fields.get('message-id') ?? quotedMessageId(text) ?? headers.get('in-reply-to')),
  }
}

/** Free-text bounces quote the original header in their text. */
function quotedMessageId(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const bare = line.startsWith('>') ? line.slice(1).trimStart() : line.trimStart()
    if (bare.slice(0, 11).toLowerCase() === 'message-id:') return bare.slice(11)
  }
  return undefined
}

import { isPermanent, reasonOf } from '../core/reports/bounce-reason.ts'
import { envelopeTag, findMessageId, type MailEvent, type MessageReference, noted } from '../core/reports/mail-event.ts'
import { type ReportParts, readFieldGroups, readParts } from './read-mime-parts.ts'

/** A message sent from here has one recipient, so a report on it has two groups of fields. */
const MAX_GROUPS = 20
/** Longer than any honest reply of a server; what is classified is cut to it. */
const MAX_DIAGNOSTIC = 2_000
/** A bounce in free words says what happened near its beginning; what follows is the message it returns. */
const MAX_FREE_TEXT = 8_000

/**
 * Reads what a mail server brought to an address of the return-path domain: a delivery report (RFC 3464), a complaint
 * (RFC 5965), or a bounce in the words of a mail server. Never throws: what cannot be read is `noted` and changes nothing.
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

/** RFC 5965 section 3.1: of the kinds of feedback only these say that a person minds the mail. */
function readFeedback(fields: ReadonlyMap<string, string>, about: MessageReference): MailEvent {
  const own: MessageReference = {
    tag: envelopeTag(fields.get('original-mail-from')) ?? about.tag,
    messageId: about.messageId,
  }
  const isComplaint = ['abuse', 'fraud', 'opt-out', 'other'].includes((fields.get('feedback-type') ?? '').toLowerCase())
  return isComplaint ? { kind: 'complained', about: own, reason: 'feedback', permanent: true } : noted(own)
}

/** RFC 3464 section 2: fields of the message, then of each recipient. */
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
  // "relayed" and "expanded" leave open whether it arrived, but a server has it.
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

/** RFC 3464 section 2.3.6: what is of the type `smtp` is a server's reply; numbers in anything else are no reply codes. */
function diagnosticOf(fields: ReadonlyMap<string, string>): string {
  const field = (fields.get('diagnostic-code') ?? '').slice(0, MAX_DIAGNOSTIC)
  const semicolon = field.indexOf(';')
  const type = field.slice(0, Math.max(semicolon, 0)).trim().toLowerCase()
  return semicolon < 0 || type === 'smtp' ? field : withoutNumbers(field.slice(semicolon + 1))
}

/**
 * Only a mail server's own words count, and of those only two forms that are widely known say that a failure is for good.
 * People, and the programs that answer for them on holiday, write to the same address: also with an empty return path,
 * and also of numbers that look like a reply.
 */
function readFreeText(parts: ReportParts, about: MessageReference): MailEvent {
  if (!isFromMailServer(parts.headers)) return noted(about, 'vacation')
  const text = parts.text.slice(0, MAX_FREE_TEXT)
  const reply = replyIn(text, parts.headers)
  if (reply === null) return { kind: 'bounced', about, reason: looseReason(text), permanent: false }
  const failure = { status: reply.status, text: reply.text }
  return { kind: 'bounced', about, reason: reasonOf(failure), permanent: isPermanent(failure) ?? false }
}

/** Words without a form write nobody off, and pause no course. */
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
  // Some systems name themselves without a domain.
  if (at < 0) return from.split(' ', 1)[0]?.toLowerCase() ?? ''
  const before = from.slice(0, at)
  const open = Math.max(before.lastIndexOf('<'), before.lastIndexOf(' '), before.lastIndexOf('\t'))
  return before.slice(open + 1).toLowerCase()
}

/** What begins the explanations of qmail (cr.yp.to/proto/qsbmf.txt) and of Exim. */
const QMAIL = /^hi\. this is (the )?/i
const EXIM = 'This message was created automatically by mail delivery software.'

/**
 * The reply of a server in a bounce of qmail's form (QSBMF) or of Exim's: in the paragraph that begins with the recipient's
 * address, a line that is a reply with an enhanced code (RFC 3463) or a bare code, perhaps behind `Remote host said:`. Null
 * for any other text.
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
    // The paragraph ends; what follows may be a copy of the message.
    if (line === '' && index > 0) break
    const said = /^(?:remote host said:|host \S{1,300} \[[^\]]{1,60}\]:)?\s{0,4}([245]\d\d)[ -](.*)$/i.exec(line)
    if (said === null) continue
    const status = /^#?([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(said[2] ?? '')?.[1] ?? null
    return { status, text: `${said[1]} ${said[2]}` }
  }
  // qmail names its own failures by a code in brackets at the end: (#5.1.1).
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

/** Free words: what looks like a reply code in them is a telephone number or a house. */
function withoutNumbers(text: string): string {
  return text.replace(/\d/g, '#')
}

/** How the report names the message: among its parts lie the message, or its header, as they left. */
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

/** A bounce in free words quotes the header in its text. */
function quotedMessageId(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const bare = line.startsWith('>') ? line.slice(1).trimStart() : line.trimStart()
    if (bare.slice(0, 11).toLowerCase() === 'message-id:') return bare.slice(11)
  }
  return undefined
}

import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { type BounceReason, isForGood, reasonOf } from '../core/bounce-reason.ts'
import { type About, bareMessageId, type MailEvent, NOTHING_KNOWN, noted, tagIn } from '../core/mail-event.ts'

/** Deeper or longer than any honest report; the parser stops there instead of working for ever. */
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 }
/** A loose bounce says what happened near its beginning; what follows is the message it returns. */
const LOOSE_TEXT = 20_000

/**
 * Reads what a mail server brought to an address of the return-path domain: a delivery report (RFC 3464), a complaint
 * (RFC 5965), or a bounce in free words. Never throws: what cannot be read is `noted` and changes nothing.
 */
export async function readReport(raw: Uint8Array): Promise<MailEvent> {
  let mail: Email
  try {
    mail = await PostalMime.parse(raw, LIMITS)
  } catch {
    return noted(NOTHING_KNOWN)
  }
  const about = aboutOf(mail)
  const feedback = partOf(mail, 'message/feedback-report')
  if (feedback !== null) return readFeedback(fieldsOf(feedback), about)
  const status = partOf(mail, 'message/delivery-status') ?? partOf(mail, 'message/global-delivery-status')
  if (status !== null) return readStatus(status, about)
  return readLoose(mail, about)
}

/** RFC 5965 section 3.1: of the kinds of feedback only these say that a person minds the mail. */
function readFeedback(fields: ReadonlyMap<string, string>, about: About): MailEvent {
  const own: About = {
    tag: tagIn(fields.get('original-mail-from')) ?? about.tag,
    messageId: about.messageId,
  }
  const isComplaint = ['abuse', 'fraud', 'opt-out', 'other'].includes((fields.get('feedback-type') ?? '').toLowerCase())
  return isComplaint ? { kind: 'complained', about: own, reason: 'feedback', permanent: true } : noted(own)
}

/** RFC 3464 section 2: fields of the message, then of each recipient. Ours have one recipient. */
function readStatus(text: string, about: About): MailEvent {
  const groups = text.split(/\r?\n[ \t]*\r?\n/).map(fieldsOf)
  const recipients = groups.filter((fields) => fields.has('action') || fields.has('final-recipient'))
  const failed = recipients.find((fields) => actionOf(fields) === 'failed')
  if (failed !== undefined) {
    const failure = { status: statusOf(failed), text: failed.get('diagnostic-code') ?? '' }
    return { kind: 'bounced', about, reason: reasonOf(failure), permanent: isForGood(failure) ?? false }
  }
  const actions = recipients.map(actionOf)
  if (actions.includes('delayed')) return { kind: 'delayed', about, reason: 'undefined', permanent: false }
  // "relayed" and "expanded" leave open whether it arrived, but a server has it.
  if (actions.some((action) => ['delivered', 'relayed', 'expanded'].includes(action)))
    return { kind: 'delivered', about, reason: 'delivered', permanent: false }
  return noted(about)
}

/** Only a mail system's own words count: people, and their programs on holiday, write to the same address. */
function readLoose(mail: Email, about: About): MailEvent {
  const sender = mail.from?.address ?? ''
  const isFromSystem = /^(mailer-daemon|postmaster|mail-daemon|mailerdaemon)@/i.test(sender) || isEmptyPath(mail)
  const auto = headerOf(mail, 'auto-submitted') ?? ''
  if (/^auto-replied/i.test(auto) && !/^(mailer-daemon|postmaster)@/i.test(sender)) return noted(about, 'vacation')
  if (!isFromSystem) return noted(about, 'vacation')
  const text = `${mail.subject ?? ''}\n${mail.text ?? ''}\n${mail.html === undefined ? '' : mail.html.replace(/<[^>]*>/g, ' ')}`
  const failure = { status: null, text: text.slice(0, LOOSE_TEXT) }
  const reason: BounceReason = reasonOf(failure)
  // Without a code that says "for good", a sentence is not enough to write a person off.
  return { kind: 'bounced', about, reason, permanent: isForGood(failure) ?? false }
}

/** How the report names our message: among its parts lie the message, or its headers, as they left. */
function aboutOf(mail: Email): About {
  const returned = ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers']
    .map((type) => partOf(mail, type))
    .find((text) => text !== null)
  const headers =
    returned === undefined ? new Map<string, string>() : fieldsOf(returned.split(/\r?\n\r?\n/, 1)[0] ?? '')
  // A loose bounce quotes the headers in its text.
  const quoted = /^>?\s*message-id:\s*(<[^<>\s]+>)/im.exec(mail.text ?? '')?.[1]
  return {
    tag: tagIn(headers.get('return-path')),
    messageId: bareMessageId(headers.get('message-id') ?? quoted ?? mail.inReplyTo ?? null),
  }
}

function partOf(mail: Email, type: string): string | null {
  const part = mail.attachments.find((attachment: Attachment) => attachment.mimeType === type)
  if (part === undefined) return null
  const { content } = part
  return typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8')
}

/** `Name: value` lines, folded lines joined, names in lower case; the first of each name counts. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]{1,76}):[ \t]*(.*)$/.exec(line) ?? []
    if (name !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value ?? '')
  }
  return fields
}

function actionOf(fields: ReadonlyMap<string, string>): string {
  return (fields.get('action') ?? '').trim().toLowerCase().split(/[\s(]/, 1)[0] ?? ''
}

function statusOf(fields: ReadonlyMap<string, string>): string | null {
  return /[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null
}

function headerOf(mail: Email, name: string): string | null {
  return mail.headers.find(({ key }) => key === name)?.value ?? null
}

/** RFC 3834 section 2: what must not be answered comes with an empty return path. */
function isEmptyPath(mail: Email): boolean {
  return (headerOf(mail, 'return-path') ?? '').replace(/\s/g, '') === '<>'
}

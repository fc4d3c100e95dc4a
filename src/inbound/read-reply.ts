import PostalMime, { type Attachment, type Email } from 'postal-mime'
import type { ReadReply, ReplyToRead } from '../flow/ports/reply-ports.ts'
import { authenticateReply } from './authenticate-reply.ts'
import { htmlToText } from './html-to-text.ts'
import { ownText } from './own-text.ts'
import type { ResolveDns } from './reply-reader.ts'

/** `message/rfc822` parts stay attachments: an email that was forwarded is not what the person wrote. */
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, maxRfc822NestingDepth: 0 }
/** Enough to find the address of the reply among others. */
const MAX_RECIPIENTS = 2_000

/** Reads one reply. Never rejects for what is in it. */
export async function readReply(reply: ReplyToRead, resolve: ResolveDns): Promise<ReadReply> {
  let email: Email
  try {
    email = await PostalMime.parse(Buffer.from(reply.raw), LIMITS)
  } catch {
    return { kind: 'unreadable' }
  }
  const headers = headersOf(email)
  const type = typeOf(headers)
  if (isReport(type, headers, email)) return { kind: 'report' }
  if (isAutomatic(reply, type, headers, email)) return { kind: 'automatic' }
  const from = onlyAuthor(email)
  const isAuthentic = from === null ? 'no' : await authenticateReply(reply, from, resolve).catch(() => 'no' as const)
  const common = { from, isAddressed: isAddressedTo(email, reply.recipient), isAuthentic }
  const written = email.text?.trim() ? email.text : htmlToText(email.html ?? '')
  if (isEncrypted(type, email, written))
    return { kind: 'encrypted', ...common, text: '', isCut: false, hasAttachments: false }
  return { kind: 'text', ...common, ...ownText(written), hasAttachments: email.attachments.some(isLeftOut) }
}

/** The first field of each name, in lower case. */
function headersOf({ headers }: Email): ReadonlyMap<string, string> {
  const first = new Map<string, string>()
  for (const { key, value } of headers) if (!first.has(key)) first.set(key, value.trim().toLowerCase())
  return first
}

function typeOf(headers: ReadonlyMap<string, string>): string {
  return (headers.get('content-type') ?? 'text/plain').slice(0, 200).split(';', 1)[0]?.trim() ?? ''
}

/** RFC 3464 and RFC 5965. Which message it is about, and whether it is true, is for the reader of reports. */
function isReport(type: string, headers: ReadonlyMap<string, string>, { attachments }: Email): boolean {
  const kinds = ['message/delivery-status', 'message/global-delivery-status', 'message/feedback-report']
  if (type === 'multipart/report') return attachments.some(({ mimeType }) => kinds.includes(mimeType))
  return headers.has('x-failed-recipients')
}

/** Fields that only programs and lists write; see RFC 3834 section 2 and RFC 2369. */
const AUTOMATIC_FIELDS = [
  ...['list-id', 'list-unsubscribe', 'list-post', 'list-help', 'mailing-list', 'feedback-id'],
  ...['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-mail-autoreply', 'x-auto-reply-from', 'x-loop'],
] as const
const AUTOMATIC_TYPES = ['multipart/report', 'text/calendar', 'message/disposition-notification']
const PROGRAMS = /^(mailer-daemon|mail-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)[+@-]/

/**
 * How subjects begin that mail servers write for somebody who is away, some of them without any field that says so. What a
 * person answers begins with "Re:" or keeps the subject of the email.
 */
const AWAY = new RegExp(
  `^(${[
    ...[
      'auto(?:matic|mated)?[ -]?(?:reply|response)\\b',
      'out[ -]of[ -](?:the[ -])?office\\b',
      'automatische antwort\\b',
    ],
    ...[
      'abwesenheits(?:notiz|nachricht|assistent|meldung|agent)',
      'abwesend:',
      'réponse automatique',
      'respuesta automática',
    ],
    ...['risposta automatica\\b', 'automatisch antwoord\\b', 'automatiskt svar\\b', 'automatisk svar\\b'],
  ].join('|')})`,
)

/** RFC 3834: what no person wrote gets no answer. */
function isAutomatic(
  { client }: ReplyToRead,
  type: string,
  headers: ReadonlyMap<string, string>,
  email: Email,
): boolean {
  const submitted = headers.get('auto-submitted') ?? 'no'
  const isNullPath = client?.mailFrom === '' || headers.get('return-path') === '<>'
  const suppress = headers.get('x-auto-response-suppress') ?? ''
  return (
    !/^no\b/.test(submitted) ||
    isNullPath ||
    /^(bulk|junk|list|auto_reply)\b/.test(headers.get('precedence') ?? '') ||
    /\b(all|oof|autoreply)\b/.test(suppress.slice(0, 200)) ||
    AUTOMATIC_FIELDS.some((name) => headers.has(name)) ||
    AUTOMATIC_TYPES.includes(type) ||
    AWAY.test((email.subject ?? '').trim().slice(0, 100).normalize('NFC').toLowerCase()) ||
    // An invitation, or the answer to one (RFC 6047).
    email.attachments.some(({ mimeType }) => mimeType === 'text/calendar') ||
    PROGRAMS.test((email.from?.address ?? '').toLowerCase())
  )
}

/** The address in From; null unless there is exactly one field with exactly one. */
function onlyAuthor({ headers, from }: Email): string | null {
  if (headers.filter(({ key }) => key === 'from').length !== 1) return null
  return from?.address === undefined || from.address === '' ? null : from.address
}

function isAddressedTo({ to = [], cc = [] }: Email, recipient: string): boolean {
  const wanted = recipient.toLowerCase()
  return [...to, ...cc]
    .slice(0, MAX_RECIPIENTS)
    .flatMap((one) => one.group ?? [one])
    .some(({ address }) => address?.toLowerCase() === wanted)
}

/** RFC 3156 (OpenPGP), RFC 8551 (S/MIME), and OpenPGP within the text. */
function isEncrypted(type: string, { attachments }: Email, written: string): boolean {
  if (type === 'multipart/encrypted' || /^application\/(x-)?pkcs7-mime$/.test(type)) return true
  if (attachments.some(({ mimeType }) => mimeType === 'application/pgp-encrypted')) return true
  return written.trimStart().startsWith('-----BEGIN PGP MESSAGE-----')
}

/** Pictures of a signature and signatures of the message are nothing that anybody meant to send. */
function isLeftOut({ mimeType, related, disposition }: Attachment): boolean {
  if (related === true && disposition !== 'attachment') return false
  return !/^application\/(pgp-signature|(x-)?pkcs7-signature|pgp-keys)$/.test(mimeType)
}

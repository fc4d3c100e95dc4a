import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { AppError } from '../core/errors.ts'
import { type DkimKey, signMessage } from './dkim.ts'
import { oneLine } from './one-line.ts'

/** Gmail cuts off what comes after about 102 KB; the rest is for what relays add. */
const MAX_HTML_BYTES = 80 * 1024

export interface MessageParts {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: string
  readonly subject: string
  /** The Date header, ms UTC. */
  readonly date: number
  /** `left@right`, with or without its angle brackets. */
  readonly messageId: string
  readonly listName: string
  /** RFC 2919: a name below a domain of ours. */
  readonly listId: string
  readonly feedbackId: string
  readonly oneClickStop: string
  /** An address of ours; null: no mailto is promised. */
  readonly mailToStop: string | null
  /** Headers for the relay, which takes them off. */
  readonly relayHeaders: Readonly<Record<string, string>>
  readonly language: string
  readonly html: string
  readonly text: string
}

/**
 * One message as bytes: CRLF, multipart/alternative, one recipient. The same parts give the same bytes, so that a
 * second copy of a mail is identical to the first. Fails with `misconfigured` when a rule would be broken.
 */
export async function buildMessage(parts: MessageParts, keys: readonly DkimKey[]): Promise<Buffer> {
  check(parts)
  const messageId = `<${bare(parts.messageId)}>`
  const composer = new MailComposer({
    from: { name: oneLine(parts.from.name), address: parts.from.address },
    to: { name: '', address: parts.to },
    subject: oneLine(parts.subject),
    date: new Date(parts.date),
    messageId,
    headers: {
      'List-Id': listId(parts),
      ...parts.relayHeaders,
      // RFC 8058 section 3.1: one https link and this very value. RFC 2369 section 3.2 lets an address follow.
      'List-Unsubscribe': { prepared: true, value: listUnsubscribe(parts) },
      'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
      'Feedback-ID': { prepared: true, value: parts.feedbackId },
      // RFC 3834 section 5.
      'Auto-Submitted': 'auto-generated',
      'Content-Language': parts.language,
    },
    text: parts.text,
    html: parts.html,
    encoding: 'quoted-printable',
    // Random boundaries would make every copy differ.
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    boundaryPrefix: '--part',
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const unsigned = await composer.compile().build()
  return keys.reduce((message, key) => signMessage(message, key, parts.date), unsigned)
}

function check(parts: MessageParts): void {
  const size = Buffer.byteLength(parts.html)
  if (size > MAX_HTML_BYTES) {
    const cure = 'Shorten the lesson, or move a part of it into a "::: page" block.'
    throw refuse(`The mail has ${Math.ceil(size / 1024)} KB of HTML; 80 KB is the most. ${cure}`)
  }
  if (!isAddress(parts.to)) throw refuse('The recipient is not one plain address.')
  if (!isAddress(parts.from.address)) throw refuse('The sender is not one plain address: correct MAIL_FROM.')
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(bare(parts.messageId)))
    throw refuse('The Message-ID is not of the form left@right.')
  if (!/^https?:\/\/[!-;=?-~]+$/.test(parts.oneClickStop)) throw refuse('The one-click link is not an absolute URL.')
  if (parts.mailToStop !== null && !isAddress(parts.mailToStop))
    throw refuse('The address to stop by mail is not one plain address: correct RETURN_PATH_DOMAIN.')
  if (oneLine(parts.subject) === '') throw refuse('The mail has no subject.')
  if (!Number.isFinite(parts.date)) throw refuse('The mail has no date.')
}

/** One mailbox and nothing that could end the header, open a comment or add a second recipient. */
function isAddress(address: string): boolean {
  return /^[^\s<>()[\]\\,;:"@\p{Cc}]+@[^\s<>()\\,;:"@\p{Cc}]+$/u.test(address) && address.length <= 254
}

function listId({ listName, listId: id }: MessageParts) {
  const name = oneLine(listName)
  // Words of another script would need encoding that some list filters do not undo; the identifier says enough then.
  return { prepared: true, value: /^[\w .'-]+$/.test(name) ? `"${name}" <${id}>` : `<${id}>` }
}

function listUnsubscribe({ oneClickStop, mailToStop }: MessageParts): string {
  // "+" stays as it is in a mailto's local part (RFC 6068 section 2).
  return mailToStop === null ? `<${oneClickStop}>` : `<${oneClickStop}>, <mailto:${mailToStop}?subject=stop>`
}

function bare(messageId: string): string {
  return messageId.replace(/^<(.*)>$/, '$1')
}

function refuse(message: string): AppError {
  return new AppError('misconfigured', message)
}

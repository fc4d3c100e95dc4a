import { AppError } from '../../core/errors.ts'
import type { Envelope } from './envelope.ts'

/** Gmail cuts off a message after about 102 KB; the difference leaves room for what relays add. */
const MAX_HTML_BYTES = 80 * 1024

/** Fails with `misconfigured`, and how to fix it, if the message would break a rule. */
export function checkMessage(mail: Envelope, subject: string, htmlBytes: number): void {
  if (htmlBytes > MAX_HTML_BYTES) {
    const fix = 'Shorten the lesson, or move a part of it into a "::: page" block.'
    throw refuse(`The email has ${Math.ceil(htmlBytes / 1024)} KB of HTML; the limit is 80 KB. ${fix}`)
  }
  if (!isAddress(mail.to)) throw refuse('The recipient is not a single valid address.')
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(mail.messageId)) throw refuse('The Message-ID is not of the form left@right.')
  if (!/^https?:\/\/[!-;=?-~]+$/.test(mail.oneClickStop)) throw refuse('The one-click link is not an absolute URL.')
  if (mail.mailToStop !== null && !isAddress(mail.mailToStop))
    throw refuse('The unsubscribe address is not a single valid address: correct RETURN_PATH_DOMAIN.')
  if (mail.replyTo !== null && !isAddress(mail.replyTo))
    throw refuse('The reply address is not a single valid address: correct REPLY_DOMAIN.')
  if (subject === '') throw refuse('The email has no subject.')
  if (Number.isNaN(new Date(mail.date).getTime())) throw refuse('The email has no date.')
}

/** One mailbox, with nothing that could end the header, open a comment or add a second recipient. */
export function isAddress(address: string): boolean {
  return /^[^\s<>()[\]\\,;:"@\p{Cc}]+@[^\s<>()\\,;:"@\p{Cc}]+$/u.test(address) && address.length <= 254
}

export function refuse(message: string): AppError {
  return new AppError('misconfigured', message)
}

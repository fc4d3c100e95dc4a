import { domainToASCII } from 'node:url'
import type { OutgoingMessage } from '../../flow/ports/ports.ts'
import type { Extensions } from './smtp-extensions.ts'

export type EnvelopeVerb = 'mail' | 'rcpt' | 'data'

const NON_ASCII = /[\u0080-\uffff]/

/** Why this message can never be sent to this server, as a reply (RFC 5321, RFC 3463); null if it can. */
export function unsendableReason({ from, to, raw }: OutgoingMessage, extensions: Extensions): string | null {
  const [sender, recipient] = [wireAddress(from), wireAddress(to)]
  // These characters would end the address or the command.
  if (recipient === '' || /[\r\n<>]/.test(sender) || /[\r\n<>]/.test(recipient))
    return '553 5.1.3 the address cannot be written in a command'
  // RFC 6531 section 3.5.
  if (!extensions.smtpUtf8 && NON_ASCII.test(sender + recipient))
    return '553 5.6.7 the address has non-ASCII characters before the @, and the relay does not announce SMTPUTF8'
  // RFC 1870 section 6.1.
  const { maxSize } = extensions
  return maxSize > 0 && raw.length > maxSize
    ? `552 5.3.4 the message has ${raw.length} bytes, and the relay announces a limit of ${maxSize}`
    : null
}

/** The commands that start a message: the whole envelope with pipelining (RFC 2920), otherwise only the first one. */
export function openingCommands(message: OutgoingMessage, extensions: Extensions): string {
  const mail = commandOf('mail', message, extensions)
  if (!extensions.pipelining) return mail
  return mail + commandOf('rcpt', message, extensions) + commandOf('data', message, extensions)
}

/**
 * One command with its CRLF, one byte per character (latin1), so that it can be written together with bytes of a
 * message.
 */
export function commandOf(verb: EnvelopeVerb, message: OutgoingMessage, extensions: Extensions): string {
  if (verb === 'data') return 'DATA\r\n'
  const [from, to] = [wireAddress(message.from), wireAddress(message.to)]
  if (verb === 'rcpt') return `RCPT TO:<${latin1Bytes(to)}>\r\n`
  const needsSmtpUtf8 = extensions.smtpUtf8 && NON_ASCII.test(from + to)
  const size = extensions.size ? ` SIZE=${message.raw.length}` : ''
  return `MAIL FROM:<${latin1Bytes(from)}>${needsSmtpUtf8 ? ' SMTPUTF8' : ''}${size}\r\n`
}

/**
 * The address with its domain in ASCII (RFC 5890), which every server understands. If the local part is not ASCII the
 * address is left as it is, because it needs SMTPUTF8 anyway.
 */
function wireAddress(address: string): string {
  if (!NON_ASCII.test(address)) return address
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = domainToASCII(address.slice(at + 1))
  return NON_ASCII.test(local) || domain === '' ? address : `${local}@${domain}`
}

function latin1Bytes(address: string): string {
  return NON_ASCII.test(address) ? Buffer.from(address).toString('latin1') : address
}

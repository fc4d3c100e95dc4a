import type { OutgoingMessage } from '../flow/ports.ts'
import type { Extensions } from './smtp-extensions.ts'

export type EnvelopeVerb = 'mail' | 'rcpt' | 'data'

const FOREIGN = /[\u0080-\uffff]/

/** Why this message cannot be said to this server at all; null when it can. */
export function faultOf({ from, to, raw }: OutgoingMessage, { largest }: Extensions): string | null {
  // In a command these would end the address, or the command.
  if (/[\r\n<>]/.test(from) || /[\r\n<>]/.test(to) || to === '') return 'an address that cannot be written in a command'
  return largest > 0 && raw.length > largest ? `the server takes no message above ${largest} bytes` : null
}

/** What begins a message: the whole envelope where commands may follow one another (RFC 2920), else the first of them. */
export function openingOf(message: OutgoingMessage, extensions: Extensions): string {
  const mail = commandOf('mail', message, extensions)
  if (!extensions.pipelining) return mail
  return mail + commandOf('rcpt', message, extensions) + commandOf('data', message, extensions)
}

/** One command with its CRLF, a character a byte (latin1), so that it can be written together with bytes of a message. */
export function commandOf(verb: EnvelopeVerb, { from, to, raw }: OutgoingMessage, extensions: Extensions): string {
  if (verb === 'data') return 'DATA\r\n'
  if (verb === 'rcpt') return `RCPT TO:<${bytesOf(to)}>\r\n`
  const isForeign = extensions.smtpUtf8 && FOREIGN.test(from + to)
  const size = extensions.size ? ` SIZE=${raw.length}` : ''
  return `MAIL FROM:<${bytesOf(from)}>${isForeign ? ' SMTPUTF8' : ''}${size}\r\n`
}

function bytesOf(address: string): string {
  return FOREIGN.test(address) ? Buffer.from(address).toString('latin1') : address
}

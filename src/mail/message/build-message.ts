import { hash } from 'node:crypto'
import { encodeValues, writeBody } from './body-template.ts'
import type { BufferPool } from './buffer-pool.ts'
import { checkMessage } from './check-message.ts'
import type { SignedName, Signer } from './dkim.ts'
import type { Envelope } from './envelope.ts'
import { ABSENT, field, type HeaderField, mailboxField, textField } from './header-field.ts'
import type { MessageTemplate, PersonalName } from './message-template.ts'
import { oneLine } from './one-line.ts'
import { fillTemplate } from './template-text.ts'

/** The order of the header fields; fields for the relay come after the first. */
const ORDER: readonly SignedName[] = [
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'auto-submitted',
  'content-language',
  'from',
  'reply-to',
  'to',
  'subject',
  'message-id',
  'date',
  'mime-version',
  'content-type',
]

/**
 * One message as bytes: CRLF, multipart/alternative, one recipient. The same template, envelope and values give the same
 * bytes, so that a second copy of an email is identical to the first. They come from `memory` and may be recycled.
 * Fails with `misconfigured` when a rule would be broken.
 */
export async function buildMessage(
  template: MessageTemplate,
  envelope: Envelope,
  values: Readonly<Record<string, string>>,
  signers: readonly Signer[],
  memory: BufferPool,
): Promise<Buffer> {
  const subject = oneLine(fillTemplate(template.subject, values))
  const body = encodeValues(template.body, values)
  checkMessage(envelope, subject, body.htmlBytes)
  const fields = { ...template.fields, ...personalFields(envelope, subject) }
  const head = `${headerOf(fields, envelope.relayHeaders)}\r\n`
  // Signatures go above the fields they sign, so space for them is reserved at the front.
  const room = signers.reduce((sum, { longest }) => sum + longest, 0)
  const bodyAt = room + Buffer.byteLength(head)
  const message = memory.take(bodyAt + body.size)
  message.write(head, room)
  writeBody(template.body, body, message, bodyAt)
  if (signers.length === 0) return message
  // The output of encodeText is its own canonical form, so the bytes are hashed once for all keys, without changes.
  // Handing them to another thread would cost this thread as much as hashing them.
  const bodyHash = hash('sha256', message.subarray(bodyAt), 'base64')
  const signed = await Promise.all(signers.map((signer) => signer.sign(fields, bodyHash, envelope.date)))
  const signatures = signed.reverse().join('')
  message.write(signatures, room - signatures.length, 'latin1')
  return message.subarray(room - signatures.length)
}

function personalFields(mail: Envelope, subject: string): Record<PersonalName, HeaderField> {
  return {
    to: mailboxField('To', { name: '', address: mail.to }),
    'reply-to': mail.replyTo === null ? ABSENT : mailboxField('Reply-To', { name: '', address: mail.replyTo }),
    subject: textField('Subject', subject),
    'message-id': field('Message-ID', `<${mail.messageId}>`),
    date: field('Date', new Date(mail.date).toUTCString().replace('GMT', '+0000')),
    'list-unsubscribe': field('List-Unsubscribe', listUnsubscribe(mail)),
  }
}

/** RFC 8058 section 3.1: one https link. RFC 2369 section 3.2 lets an address follow. */
function listUnsubscribe({ oneClickStop, mailToStop }: Envelope): string {
  // "+" stays as it is in a mailto's local part (RFC 6068 section 2).
  return mailToStop === null ? `<${oneClickStop}>` : `<${oneClickStop}>, <mailto:${mailToStop}?subject=stop>`
}

function headerOf(fields: Readonly<Record<SignedName, HeaderField>>, relayHeaders: Readonly<Record<string, string>>) {
  let header = ''
  for (const name of ORDER) {
    header += fields[name].written
    if (name !== 'list-id') continue
    for (const [relayName, value] of Object.entries(relayHeaders)) header += textField(relayName, value).written
  }
  return header
}

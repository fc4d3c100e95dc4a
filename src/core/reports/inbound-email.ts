/** An email that a provider received for the service and passed on by its webhook. */
export interface InboundEmail {
  /** The addresses that it was sent to, as the provider gives them. */
  readonly recipients: readonly string[]
  readonly raw: Uint8Array
  /** Whether `raw` is the message as received; otherwise it is put together from fields and proves nothing. */
  readonly isOriginal: boolean
}

/** The recipients of one message, at most. */
const MAX_RECIPIENTS = 100
/** As the listener: larger messages are refused there. */
export const MAX_INBOUND_BYTES = 2 * 1024 * 1024

/** Null for one that is too large. `recipients` may contain anything; only text counts. */
export function inboundEmail(
  recipients: readonly unknown[],
  raw: Uint8Array,
  isOriginal: boolean,
): InboundEmail | null {
  if (raw.length > MAX_INBOUND_BYTES) return null
  const texts = recipients.filter((one) => typeof one === 'string').map((one) => one.trim())
  return { recipients: texts.slice(0, MAX_RECIPIENTS), raw, isOriginal }
}

/** Longer than any field that says what kind of message it is. */
const MAX_FIELD = 900
const MAX_FIELDS = 200

/**
 * A message put together from its fields, for providers that do not pass on the message itself. Nothing in a field can end
 * the header.
 */
export function rebuildEmail(email: {
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly text: string
  readonly html: string
  readonly hasAttachments: boolean
}): Uint8Array {
  const header = email.fields
    .slice(0, MAX_FIELDS)
    .filter(([name]) => /^[\w-]{1,70}$/.test(name) && !/^(content-|mime-version)/i.test(name))
    .map(([name, value]) => `${name}: ${value.slice(0, MAX_FIELD).replace(/[\r\n\0]+/g, ' ')}\r\n`)
  const [type, body] = email.text.trim() === '' && email.html !== '' ? ['html', email.html] : ['plain', email.text]
  // Base64 lines contain no hyphen, and so no boundary.
  const parts = [
    part(`Content-Type: text/${type}; charset=utf-8`, body),
    ...(email.hasAttachments
      ? [part('Content-Type: application/octet-stream\r\nContent-Disposition: attachment', '-')]
      : []),
  ]
  const structure = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=-part"\r\n\r\n'
  return Buffer.from(`${header.join('')}${structure}${parts.join('')}--=-part--\r\n`)
}

function part(header: string, body: string): string {
  const encoded = Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n')
  return `--=-part\r\n${header}\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`
}

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { MessageArchive } from '../../flow/ports/ports.ts'
import { mailboxField } from './header-field.ts'

const HEADER_END = '\r\n\r\n'
/** With the lines it is folded into (RFC 5322 section 2.2.3). */
const TO = /^To:.*\r\n(?:[ \t].*\r\n)*/m
/** Stands where the field was. Every other field has a value. */
const NO_TO = 'To:\r\n'
const LEVEL = { level: 9 } as const

/** Deflate (RFC 1951), with the form as its dictionary: what differs takes about a kilobyte, most of it the signature. */
export function createMessageArchive(): MessageArchive {
  return {
    shrink: (text) => deflateRawSync(text, LEVEL),
    expand: (shrunk) => inflateRawSync(shrunk),

    pack(message, form) {
      const withoutTo = replaceTo(message, TO, () => NO_TO)
      return deflateRawSync(withoutTo, { ...LEVEL, dictionary: form })
    },

    unpack(packed, form, to) {
      const field = to === null ? '' : mailboxField('To', { name: '', address: to }).written
      return replaceTo(inflateRawSync(packed, { dictionary: form }), /^To:\r\n/m, () => field)
    },

    read(message) {
      const [header, body] = split(message)
      const boundary = /boundary="([^"]+)"/.exec(header)?.[1] ?? ''
      const parts = body.split(`--${boundary}`).map((part) => split(Buffer.from(part, 'latin1')))
      const [, encoded = ''] = parts.find(([fields]) => /^content-type: text\/plain/im.test(fields)) ?? []
      return { header: Buffer.from(header, 'latin1').toString(), text: decoded(encoded) }
    },
  }
}

function replaceTo(message: Uint8Array, field: RegExp, by: () => string): Buffer {
  const [header, body] = split(message)
  const replaced = `${header}\r\n`.replace(field, () => Buffer.from(by()).toString('latin1'))
  return Buffer.from(`${replaced}\r\n${body}`, 'latin1')
}

/** Header and body as bytes, one to a character. */
function split(message: Uint8Array): [header: string, body: string] {
  const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('latin1')
  const end = text.indexOf(HEADER_END)
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + HEADER_END.length)]
}

/** Quoted-printable (RFC 2045 section 6.7) as text. */
function decoded(encoded: string): string {
  const bytes = encoded
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n').trim()
}

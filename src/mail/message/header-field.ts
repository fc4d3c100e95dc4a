import { domainToASCII } from 'node:url'
import { encodeWord } from 'nodemailer/lib/mime-funcs'

export interface HeaderField {
  /** As written in the message, with its CRLF; folded where that is allowed (RFC 5322 section 2.2.3). */
  readonly written: string
  /** As it is signed, with its CRLF: relaxed (RFC 6376 section 3.4.2). */
  readonly signed: string
}

/** RFC 5322 section 2.1.1 recommends 78 characters; RFC 2047 section 2 allows 76 on a line with an encoded word. */
const WIDTH = 76
/** It fits the first line after "Subject: ", and the 75 characters of RFC 2047 section 2. */
const MAX_WORD_LENGTH = 64
/** The only characters that need no encoding within a name (RFC 2047 section 5, rule 3), and the space. */
const READABLE = /[A-Za-z0-9!*+/ -]/g
/** Words of ASCII, single spaces between them, each short enough for one line. */
const PLAIN = /^[!-~]{1,60}(?: [!-~]{1,60})*$/
/** RFC 5322 section 3.2.3, and the letters RFC 6531 section 3.3 adds. */
const DOT_ATOM = /^[\w!#$%&'*+\-/=?^`{|}~\x80-\uffff]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\x80-\uffff]+)*$/

/** A field whose value is written as it is, on one line. It must not hold a line break. */
export function field(name: string, value: string): HeaderField {
  return { written: `${name}: ${value}\r\n`, signed: `${name.toLowerCase()}:${relaxed(value)}\r\n` }
}

/** A field whose value may be folded at its spaces. */
export function foldedField(name: string, value: string): HeaderField {
  return { ...field(name, value), written: fold(name, value) }
}

/** Free text (RFC 5322 section 2.2.1): as it is where that is plain, else as encoded words (RFC 2047). */
export function textField(name: string, text: string): HeaderField {
  return foldedField(name, PLAIN.test(text) && !text.includes('=?') ? text : encodeWords(text))
}

/** One mailbox (RFC 5322 section 3.4). `name` may be empty and must be one line; `address` is checked already. */
export function mailboxField(fieldName: string, mailbox: { name: string; address: string }): HeaderField {
  const address = addressSpec(mailbox.address)
  if (mailbox.name !== '') return foldedField(fieldName, `${phrase(mailbox.name)} <${address}>`)
  return foldedField(fieldName, address.includes('"') ? `<${address}>` : address)
}

function phrase(name: string): string {
  if (/^[\w ]+$/.test(name)) return name
  return isAscii(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWords(name)
}

/**
 * Any text as encoded words (RFC 2047), one blank between them, each of whole characters; in the way that leaves it readable
 * where half of it or more stays as it is. A half of a surrogate pair becomes U+FFFD.
 */
function encodeWords(text: string): string {
  const readable = text.match(READABLE)?.length ?? 0
  return encodeWord(text, readable * 2 >= [...text].length ? 'Q' : 'B', MAX_WORD_LENGTH)
}

/** The domain in ASCII (RFC 5890), but for a local part that is not ASCII either: that needs SMTPUTF8 in any case. */
function addressSpec(address: string): string {
  const at = address.lastIndexOf('@')
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  const quoted = DOT_ATOM.test(local) ? local : `"${local}"`
  const mapped = isAscii(local) && !isAscii(domain) ? domainToASCII(domain) : ''
  return `${quoted}@${mapped || domain.toLowerCase()}`
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text)
}

function fold(name: string, value: string): string {
  if (name.length + 2 + value.length <= WIDTH) return `${name}: ${value}\r\n`
  let written = ''
  let line = `${name}:`
  for (const word of value.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      written += `${line}\r\n`
      line = ''
    }
    line += ` ${word}`
  }
  return `${written}${line}\r\n`
}

/** RFC 6376 section 3.4.2. Most values are in this form already. */
function relaxed(value: string): string {
  return /\t| {2}|^ | $/.test(value) ? value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '') : value
}

import { domainToASCII } from 'node:url'
import { encodeWord } from 'nodemailer/lib/mime-funcs'

export interface HeaderField {
  /** As it appears in the message, with its CRLF; folded where allowed (RFC 5322 section 2.2.3). */
  readonly written: string
  /** As it is signed, with its CRLF: the relaxed form (RFC 6376 section 3.4.2). */
  readonly signed: string
}

/** A field that the message does not have: a signature that names it covers nothing (RFC 6376 section 5.4.2). */
export const ABSENT: HeaderField = { written: '', signed: '' }

/** RFC 5322 section 2.1.1 recommends 78 characters; RFC 2047 section 2 allows 76 on a line with an encoded word. */
const WIDTH = 76
/** Fits on the first line after "Subject: ", and within the 75 characters of RFC 2047 section 2. */
const MAX_WORD_LENGTH = 64
/** The space, and the only characters that need no encoding in a name (RFC 2047 section 5, rule 3). */
const READABLE = /[A-Za-z0-9!*+/ -]/g
/** ASCII words with single spaces between them, each short enough for one line. */
const PLAIN = /^[!-~]{1,60}(?: [!-~]{1,60})*$/
/** RFC 5322 section 3.2.3, and the letters RFC 6531 section 3.3 adds. */
const DOT_ATOM = /^[\w!#$%&'*+\-/=?^`{|}~\x80-\uffff]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\x80-\uffff]+)*$/

/** A field whose value is written unchanged on one line. It must not contain a line break. */
export function field(name: string, value: string): HeaderField {
  return { written: `${name}: ${value}\r\n`, signed: `${name.toLowerCase()}:${relaxed(value)}\r\n` }
}

/** A field whose value may be folded at its spaces. */
export function foldedField(name: string, value: string): HeaderField {
  return { ...field(name, value), written: fold(name, value) }
}

/** Free text (RFC 5322 section 2.2.1): unchanged if it is plain, otherwise as encoded words (RFC 2047). */
export function textField(name: string, text: string): HeaderField {
  return foldedField(name, PLAIN.test(text) && !text.includes('=?') ? text : encodeWords(text))
}

/** One mailbox (RFC 5322 section 3.4). `name` may be empty and must be one line; `address` has been checked already. */
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
 * Any text as encoded words (RFC 2047), separated by single spaces and never splitting a character. Uses the encoding
 * that leaves the text readable if at least half of it needs no encoding. A lone surrogate becomes U+FFFD.
 */
function encodeWords(text: string): string {
  const readable = text.match(READABLE)?.length ?? 0
  return encodeWord(text, readable * 2 >= [...text].length ? 'Q' : 'B', MAX_WORD_LENGTH)
}

/** Converts the domain to ASCII (RFC 5890), unless the local part is not ASCII either: that needs SMTPUTF8 anyway. */
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

/** RFC 2045 section 6.7 (5): 76 characters per line, including the "=" of a soft break. */
const MAX_LINE_LENGTH = 75
/** A line that needs no encoding. */
const PLAIN = /^(?!\.|From )(?:[!-<>-~]| (?=[!-~]))*$/
const HEX = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
const [SPACE, DOT, EQUALS, TILDE] = [0x20, 0x2e, 0x3d, 0x7e]

/**
 * Encodes text as quoted-printable (RFC 2045 section 6.7). The result starts at the beginning of a line and, unless
 * empty, ends with a line break (a soft one if the text does not end its last line), so that encoded pieces can be
 * concatenated.
 *
 * Relays have no reason to change it: it is its own relaxed canonical form (RFC 6376 section 3.4.4), no line begins
 * with a dot (RFC 5321 section 4.5.2) or with "From " (RFC 6376 section 5.3), and it is ASCII.
 */
export function encodeText(text: string): string {
  if (text === '') return ''
  if (text.length <= MAX_LINE_LENGTH) {
    if (PLAIN.test(text)) return `${text}=\r\n`
    const line = text.slice(0, -1)
    if (text.endsWith('\n') && PLAIN.test(line)) return `${line}\r\n`
  }
  const lines = text.split(/\r?\n/)
  const open = lines.pop() ?? ''
  let encoded = ''
  for (const line of lines) encoded += `${encodeLine(line)}\r\n`
  return open === '' ? encoded : `${encoded}${encodeLine(open)}=\r\n`
}

/** Encodes one line of the text, on as many lines as it needs. */
function encodeLine(line: string): string {
  if (PLAIN.test(line)) {
    const broken = breakPlainLine(line)
    if (broken !== null) return broken
  }
  const bytes = Buffer.from(line)
  let encoded = ''
  let column = 0
  let blank = false
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes[at] ?? 0)
    let token = encodeCharacter(bytes, at, length, blank)
    if (column + token.length > MAX_LINE_LENGTH) {
      encoded += '=\r\n'
      column = 0
    }
    if (column === 0 && startsBadly(bytes, at)) token = HEX[bytes[at] ?? 0] ?? ''
    encoded += token
    column += token.length
    blank = token === ' '
    at += length
  }
  return encoded
}

/** Soft breaks in a line that needs no encoding, such as a long link. Null if one would come before a dot or "From ". */
function breakPlainLine(line: string): string | null {
  let broken = line.slice(0, MAX_LINE_LENGTH)
  for (let at = MAX_LINE_LENGTH; at < line.length; at += MAX_LINE_LENGTH) {
    if (line[at] === '.' || line.startsWith('From ', at)) return null
    broken += `=\r\n${line.slice(at, at + MAX_LINE_LENGTH)}`
  }
  return broken
}

/**
 * Length in bytes of the UTF-8 character that starts with this byte. Characters are not split, so the source stays
 * readable.
 */
function characterLength(first: number): number {
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

/** A relaxed body has no tabs, no two spaces in a row and no space at the end of a line. */
function encodeCharacter(bytes: Buffer, at: number, length: number, afterBlank: boolean): string {
  const byte = bytes[at] ?? 0
  if (byte === SPACE) return afterBlank || at + 1 === bytes.length ? '=20' : ' '
  if (byte > SPACE && byte <= TILDE && byte !== EQUALS) return String.fromCharCode(byte)
  let token = ''
  for (let index = at; index < at + length; index += 1) token += HEX[bytes[index] ?? 0]
  return token
}

function startsBadly(bytes: Buffer, at: number): boolean {
  return bytes[at] === DOT || bytes.toString('latin1', at, at + 5) === 'From '
}

const DOT = 0x2e

/**
 * Doubles a dot at the beginning of a line (RFC 5321, section 4.5.2). A lone CR or LF counts as a line end as well:
 * some servers accept it as one, and a dot after it could end the message early. Returns the message itself, not a
 * copy, if there is nothing to double.
 */
export function dotStuff(raw: Buffer): Buffer {
  if (raw[0] !== DOT && raw.indexOf('\n.') < 0 && raw.indexOf('\r.') < 0) return raw
  return Buffer.from(raw.toString('latin1').replace(/(^|[\r\n])\./g, '$1..'), 'latin1')
}

/**
 * Ends a message on the wire (section 4.1.1.4): a line break if the message lacks one, then the line with a single dot.
 */
export function endOfData(raw: Buffer): string {
  const last = raw[raw.length - 1]
  if (last === 0x0a && raw[raw.length - 2] === 0x0d) return '.\r\n'
  return last === 0x0d ? '\n.\r\n' : '\r\n.\r\n'
}

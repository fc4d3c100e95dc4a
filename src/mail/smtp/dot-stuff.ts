const DOT = 0x2e

/**
 * A dot that begins a line is doubled (RFC 5321, section 4.5.2). A lone CR or LF counts as the end of a line too: some
 * servers take it for one, and a dot after it could end the message early. Without such a dot the message itself is
 * returned, not a copy.
 */
export function dotStuff(raw: Buffer): Buffer {
  if (raw[0] !== DOT && raw.indexOf('\n.') < 0 && raw.indexOf('\r.') < 0) return raw
  return Buffer.from(raw.toString('latin1').replace(/(^|[\r\n])\./g, '$1..'), 'latin1')
}

/** What ends a message on the wire (section 4.1.1.4): the line end it may lack, then the line of one dot. */
export function endOfData(raw: Buffer): string {
  const last = raw[raw.length - 1]
  if (last === 0x0a && raw[raw.length - 2] === 0x0d) return '.\r\n'
  return last === 0x0d ? '\n.\r\n' : '\r\n.\r\n'
}

/** One complete reply (RFC 5321, section 4.2). `text` holds every line with its code, separated by line feeds. */
export interface Reply {
  readonly code: number
  readonly text: string
}

/** Bounds memory. RFC 5321, section 4.5.3.1.5 gives a line 512 octets, so no real reply comes near this length. */
const MAX_REPLY_LENGTH = 64 * 1024

/**
 * Reads replies from incoming chunks, wherever these are cut; several lines with the same code make one reply (section
 * 4.2.1). The returned function throws an Error that says what is wrong if the server does not speak SMTP.
 */
export function createReplyReader(onReply: (reply: Reply) => void): (chunk: Buffer) => void {
  /** An incomplete line. */
  let rest = ''
  /** The lines so far of a reply whose last line has not arrived. */
  let lines = ''
  let code = 0

  const readLine = (line: string) => {
    if (lines === '' && line.trim() === '') return
    const isLast = line.charCodeAt(3) !== HYPHEN
    if (!/^[2-5]\d\d(?!\d)/.test(line)) throw new Error('the server sent an invalid reply')
    const own = Number(line.slice(0, 3))
    if (lines !== '' && own !== code) throw new Error('the server sent one reply with two codes')
    code = own
    lines = lines === '' ? line : `${lines}\n${line}`
    if (!isLast) return
    const text = decode(lines)
    lines = ''
    onReply({ code, text })
  }

  return (chunk) => {
    const text = chunk.toString('latin1')
    if (rest.length + lines.length + text.length > MAX_REPLY_LENGTH) throw new Error('the server sent an endless reply')
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, end)
      rest = ''
      from = end + 1
      readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
    rest += from === 0 ? text : text.slice(from)
  }
}

const HYPHEN = 0x2d

/** Most servers use UTF-8 for text that is not ASCII. Invalid UTF-8 is read byte by byte. */
function decode(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? bytes : text
}

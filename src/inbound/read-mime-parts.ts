/** The parts of an inbound message that reports use, each truncated to a size that no real report reaches. */
export interface ReportParts {
  /** Header fields of the message itself, names in lower case; the first of each name. */
  readonly headers: ReadonlyMap<string, string>
  /** Text of the parts of a multipart/report (RFC 6522) by type; the first of each type. */
  readonly reported: ReadonlyMap<string, string>
  /** The first text/plain part at any depth. */
  readonly text: string
}

/** Input beyond this is ignored. */
const MAX_BYTES = 256 * 1024
/** RFC 2046 section 5.1.1 allows 70 characters; some systems write more. */
const MAX_BOUNDARY = 200
const MAX_DEPTH = 8
/** Maximum number of fields in a header, and of characters in a field. */
const MAX_FIELDS = 300
const MAX_FIELD = 4_000
/** Maximum characters of one encoded part. */
const MAX_PART = 64 * 1024

/** Parts that describe what happened, and parts that return the message or its header. */
const REPORTED = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/feedback-report',
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/global-headers',
])

interface Container {
  /** `--boundary`, which begins a part; the closing delimiter has another `--` after it. */
  readonly delimiter: string
  readonly isReport: boolean
}

interface Leaf {
  readonly type: string
  readonly encoding: string
  readonly isReported: boolean
  size: number
  readonly lines: string[]
}

/**
 * Parses MIME (RFC 2045, RFC 2046) as far as reports need it, in one pass over the lines, so that time is linear in the
 * length. Never throws; input that is not MIME has no parts. Containers nested deeper than 8 are skipped, and returned
 * messages are not entered.
 */
export function readParts(raw: Uint8Array): ReportParts {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MAX_BYTES)).toString('latin1')
  const reader = new PartsReader()
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const stop = end < 0 ? text.length : end
    reader.line(text.slice(start, text.charAt(stop - 1) === '\r' && stop > start ? stop - 1 : stop))
    start = stop + 1
  }
  return reader.end()
}

class PartsReader {
  readonly #containers: Container[] = []
  readonly #reported = new Map<string, string>()
  #headers: Map<string, string> | null = null
  #text: string | null = null
  /** The header being read; null inside a body. */
  #header: Fields | null = new Fields()
  /** The body being collected; null if it is skipped. */
  #leaf: Leaf | null = null

  line(line: string): void {
    // Also inside a header: a truncated part ends there.
    if (line.startsWith('--') && this.#isDelimiter(line)) return
    if (this.#header !== null) {
      if (line !== '') this.#header.line(line)
      else this.#begin(this.#header.end())
    } else if (this.#leaf !== null && this.#leaf.size < MAX_PART) {
      this.#leaf.lines.push(line)
      this.#leaf.size += line.length + 1
    }
  }

  end(): ReportParts {
    if (this.#header !== null) this.#begin(this.#header.end())
    this.#finish()
    return { headers: this.#headers ?? new Map(), reported: this.#reported, text: this.#text ?? '' }
  }

  /** Starts the body after a header: a container, a part to collect, or one to skip. */
  #begin(headers: Map<string, string>): void {
    this.#header = null
    this.#headers ??= headers
    const { type, parameters } = readContentType(headers.get('content-type') ?? 'text/plain')
    if (type.startsWith('multipart/')) {
      const boundary = parameters.get('boundary') ?? ''
      if (boundary !== '' && boundary.length <= MAX_BOUNDARY && this.#containers.length < MAX_DEPTH)
        this.#containers.push({ delimiter: `--${boundary}`, isReport: type === 'multipart/report' })
      return
    }
    const isReported = REPORTED.has(type) && this.#containers.at(-1)?.isReport === true && !this.#reported.has(type)
    const isText = type === 'text/plain' && this.#text === null
    if (!isReported && !isText) return
    const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase()
    this.#leaf = { type, encoding, isReported, size: 0, lines: [] }
  }

  #finish(): void {
    if (this.#leaf === null) return
    const text = decode(this.#leaf.lines.join('\n'), this.#leaf.encoding)
    if (this.#leaf.isReported) this.#reported.set(this.#leaf.type, text)
    else this.#text ??= text
    this.#leaf = null
  }

  #isDelimiter(line: string): boolean {
    for (let depth = this.#containers.length - 1; depth >= 0; depth -= 1) {
      const { delimiter } = this.#containers[depth] as Container
      if (!line.startsWith(delimiter)) continue
      const rest = line.slice(delimiter.length).trimEnd()
      if (rest !== '' && rest !== '--') continue
      if (this.#header !== null) this.#begin(this.#header.end())
      this.#finish()
      // Also drops a container that this header has just opened.
      this.#containers.length = rest === '--' ? depth : depth + 1
      this.#header = rest === '--' ? null : new Fields()
      return true
    }
    return false
  }
}

/** `Name: value` lines with folding undone (RFC 5322 section 2.2.3). */
class Fields {
  readonly #fields = new Map<string, string>()
  #name: string | null = null
  #pieces: string[] = []
  #size = 0

  line(line: string): void {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      this.#add(line)
      return
    }
    this.#close()
    const colon = line.indexOf(':')
    if (colon < 1 || colon > 76) return
    this.#name = line.slice(0, colon).trimEnd().toLowerCase()
    this.#add(line.slice(colon + 1))
  }

  end(): Map<string, string> {
    this.#close()
    return this.#fields
  }

  #add(piece: string): void {
    const fits = piece.slice(0, MAX_FIELD - this.#size)
    if (fits === '') return
    this.#pieces.push(fits)
    this.#size += fits.length
  }

  #close(): void {
    if (this.#name !== null && this.#fields.size < MAX_FIELDS && !this.#fields.has(this.#name))
      this.#fields.set(this.#name, this.#pieces.join('').trim())
    this.#name = null
    this.#pieces = []
    this.#size = 0
  }
}

/** The groups of fields in a delivery or feedback report, separated by empty lines; at most `limit`. */
export function readFieldGroups(text: string, limit: number): readonly ReadonlyMap<string, string>[] {
  const groups: ReadonlyMap<string, string>[] = []
  let fields = new Fields()
  let isEmpty = true
  const close = () => {
    if (!isEmpty) groups.push(fields.end())
    fields = new Fields()
    isEmpty = true
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') close()
    else {
      fields.line(line)
      isEmpty = false
    }
    if (groups.length >= limit) return groups
  }
  close()
  return groups
}

/** RFC 2045 section 5.1: the type in lower case and its parameters, except those of RFC 2231. */
function readContentType(value: string): { type: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>()
  const [type = '', ...rest] = splitOutsideQuotes(value)
  for (const parameter of rest) {
    const equals = parameter.indexOf('=')
    if (equals < 1) continue
    const name = parameter.slice(0, equals).trim().toLowerCase()
    if (!parameters.has(name)) parameters.set(name, unquote(parameter.slice(equals + 1).trim()))
  }
  return { type: type.trim().toLowerCase(), parameters }
}

/** Splits at semicolons outside quotation marks. */
function splitOutsideQuotes(value: string): string[] {
  const pieces: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at)
    if (character === '\\' && isQuoted) at += 1
    else if (character === '"') isQuoted = !isQuoted
    else if (character === ';' && !isQuoted) {
      pieces.push(value.slice(start, at))
      start = at + 1
    }
  }
  pieces.push(value.slice(start))
  return pieces
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  const pieces: string[] = []
  for (let at = 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '"') break
    if (character === '\\') at += 1
    pieces.push(text.charAt(at))
  }
  return pieces.join('')
}

/** The input was read as latin1, one character per byte; decodes it as UTF-8. */
function decode(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8').replaceAll('\r\n', '\n')
  const plain = encoding === 'quoted-printable' ? decodeQuotedPrintable(text) : text
  return Buffer.from(plain, 'latin1').toString('utf8')
}

/** RFC 2045 section 6.7; an equals sign that is not followed by two hex digits is kept. */
function decodeQuotedPrintable(text: string): string {
  const lines = text.split('\n')
  const decoded = lines.map((line, index) => {
    const bare = line.trimEnd()
    const isSoft = bare.endsWith('=')
    const content = isSoft ? bare.slice(0, -1) : bare
    const bytes = content.replace(/=([0-9a-f]{2})/gi, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    return isSoft || index === lines.length - 1 ? bytes : `${bytes}\n`
  })
  return decoded.join('')
}

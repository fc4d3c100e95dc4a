import { createHash } from 'node:crypto'
import { escapeHtml } from '../../core/text/escape-html.ts'
import { wrapLines } from '../../core/text/wrap-text.ts'
import { encodeText } from './quoted-printable.ts'
import { fillTemplate, type TemplateText } from './template-text.ts'

/**
 * Both parts of a message as bytes, split where personal values are inserted. Cached for a long time, so kept small.
 */
export interface BodyTemplate {
  readonly boundary: string
  readonly bytes: Buffer
  readonly insertPoints: readonly InsertPoint[]
  /** Size of the HTML without the values, in bytes of UTF-8. */
  readonly htmlBytes: number
}

/** The HTML takes a single value. The text takes a whole line, because where it wraps depends on the values in it. */
type InsertPoint = { readonly at: number } & ({ readonly placeholder: string } | { readonly line: TemplateText })

/** The encoded values, in the order of their positions. */
export interface BodyInserts {
  readonly inserts: readonly string[]
  /** Size of the whole body, bytes. */
  readonly size: number
  /** Size of the HTML before encoding, bytes. */
  readonly htmlBytes: number
}

type Piece = string | { readonly placeholder: string } | { readonly line: TemplateText }

/** `text` is not wrapped yet and takes plain values; `html` takes the same values escaped. */
export function makeBody(text: TemplateText, html: TemplateText): BodyTemplate {
  const textPieces = linesOf(text).map(
    (line): Piece => (line.every(isString) ? encodeText(wrapLines(line.join(''))) : { line }),
  )
  const htmlPieces = html.map((piece): Piece => (isString(piece) ? encodeText(piece) : piece))
  const boundary = boundaryOf([...textPieces, ...htmlPieces])
  const pieces = [
    `--${boundary}\r\n${partHeader('text/plain')}`,
    ...textPieces,
    `\r\n--${boundary}\r\n${partHeader('text/html')}`,
    ...htmlPieces,
    `\r\n--${boundary}--\r\n`,
  ]
  const insertPoints: InsertPoint[] = []
  let at = 0
  for (const piece of pieces) {
    if (isString(piece)) at += piece.length
    else insertPoints.push({ at, ...piece })
  }
  // Not from Node's shared pool: a template would keep a whole 64 KB slab alive.
  const bytes = Buffer.allocUnsafeSlow(at)
  bytes.write(pieces.filter(isString).join(''), 'latin1')
  return { boundary, bytes, insertPoints, htmlBytes: Buffer.byteLength(html.filter(isString).join('')) }
}

/** Each line with its line break. */
function linesOf(text: TemplateText): TemplateText[] {
  const lines: TemplateText[] = []
  let line: TemplateText = []
  for (const piece of text) {
    if (!isString(piece)) {
      line = [...line, piece]
      continue
    }
    for (const part of piece.split(/(?<=\n)/)) {
      line = [...line, part]
      if (!part.endsWith('\n')) continue
      lines.push(line)
      line = []
    }
  }
  return [...lines, line]
}

/**
 * The same for every copy of the email. In quoted-printable text "=" never comes before "_", so no value can end a part
 * (RFC 2045 section 6.7, RFC 2046 section 5.1.1).
 */
function boundaryOf(pieces: readonly Piece[]): string {
  const hash = createHash('sha256').update(pieces.filter(isString).join('')).digest('hex')
  return `=_${hash.slice(0, 24)}`
}

function partHeader(type: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`
}

/** Encodes the values for their positions. Values are never searched for placeholders. */
export function encodeValues(body: BodyTemplate, values: Readonly<Record<string, string>>): BodyInserts {
  const escaped = new Map<string, { encoded: string; htmlBytes: number }>()
  const inHtml = (placeholder: string) => {
    const known = escaped.get(placeholder)
    if (known !== undefined) return known
    const html = escapeHtml(fillTemplate([{ placeholder }], values))
    const made = { encoded: encodeText(html), htmlBytes: Buffer.byteLength(html) }
    escaped.set(placeholder, made)
    return made
  }
  let [size, htmlBytes] = [body.bytes.length, body.htmlBytes]
  const inserts = body.insertPoints.map((gap) => {
    const value =
      'placeholder' in gap
        ? inHtml(gap.placeholder)
        : { encoded: encodeText(wrapLines(fillTemplate(gap.line, values))), htmlBytes: 0 }
    size += value.encoded.length
    htmlBytes += value.htmlBytes
    return value.encoded
  })
  return { inserts, size, htmlBytes }
}

/** Writes the body into `message` from `start` on. */
export function writeBody(
  { bytes, insertPoints }: BodyTemplate,
  { inserts }: BodyInserts,
  message: Buffer,
  start: number,
) {
  let [from, to] = [0, start]
  for (const [index, { at }] of insertPoints.entries()) {
    to += bytes.copy(message, to, from, at)
    to += message.write(inserts[index] ?? '', to, 'latin1')
    from = at
  }
  bytes.copy(message, to, from)
}

function isString(piece: unknown): piece is string {
  return typeof piece === 'string'
}

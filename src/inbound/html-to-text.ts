import { Parser } from 'htmlparser2'

/** Longer than anything a person writes; the rest is the quoted email. */
const MAX_HTML = 512 * 1024
const MAX_TEXT = 64 * 1024
/** The parser takes longer for each element the deeper it is. */
const MAX_DEPTH = 500
const CHUNK = 16 * 1024

const SKIPPED = new Set(['head', 'script', 'style', 'title', 'template', 'noscript', 'svg'])
const BLOCKS = new Set(
  'address article dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tr ul'.split(' '),
)
const VOID = new Set(['br', 'hr', 'img', 'meta', 'link', 'input', 'wbr'])

/** Where Outlook begins the email that is answered: nothing that the person wrote follows. */
const REST_IS_QUOTED = /\b(?:x_)?(?:appendonsend|divrplyfwdmsg|mail-editor-reference-message-container)\b/i
/** Containers of the email that is answered, in Gmail, Yahoo, Apple Mail and Thunderbird. */
const QUOTED = /\b(?:gmail_quote|gmail_extra|yahoo_quoted|moz-forward-container)\b/i

/**
 * The text of an HTML email, as plain-text emails are written: quotations become a line with ">". One pass without
 * building a tree, so that time is linear and depth does not matter.
 */
export function htmlToText(html: string): string {
  const writer = new TextWriter()
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, `${attributes.id ?? ''} ${attributes.class ?? ''}`),
      onclosetag: (name) => writer.close(name),
      ontext: (text) => writer.text(text),
    },
    { decodeEntities: true },
  )
  for (let at = 0; at < Math.min(html.length, MAX_HTML) && !writer.isDone; at += CHUNK)
    parser.write(html.slice(at, at + CHUNK))
  parser.end()
  return writer.end()
}

class TextWriter {
  readonly #pieces: string[] = []
  #size = 0
  /** How deep in elements that are left out, counted from the first. */
  #skipped = 0
  #isOver = false
  #depth = 0
  #endsWithSpace = true
  /** Line breaks due before the next text. */
  #breaks = 0

  /** Nothing more of it is needed, or it is too deep to be read. */
  get isDone(): boolean {
    return this.#isOver || this.#size > MAX_TEXT || this.#depth > MAX_DEPTH
  }

  open(name: string, names: string): void {
    this.#depth += 1
    if (this.#isOver) return
    if (this.#skipped > 0) {
      if (!VOID.has(name)) this.#skipped += 1
      return
    }
    if (REST_IS_QUOTED.test(names)) this.#isOver = true
    else if (name === 'br') this.#breaks += 1
    else if (name === 'p' || name === 'hr') this.#breakTo(2)
    else if (BLOCKS.has(name)) this.#breakTo(1)
    if (name === 'blockquote') {
      this.#breakTo(1)
      this.#write('>')
      this.#breakTo(1)
      this.#skipped = 1
    } else if (SKIPPED.has(name)) this.#skipped = 1
    else if (QUOTED.test(names)) this.#breakTo(2)
  }

  close(name: string): void {
    this.#depth -= 1
    if (this.#skipped > 0) {
      if (!VOID.has(name)) this.#skipped -= 1
    } else if (name === 'p') this.#breakTo(2)
    else if (BLOCKS.has(name)) this.#breakTo(1)
  }

  text(text: string): void {
    if (this.#isOver || this.#skipped > 0 || this.#size > MAX_TEXT) return
    const collapsed = text.replace(/[\s\u00a0]+/g, ' ')
    if (collapsed === '') return
    if (collapsed === ' ') {
      if (this.#breaks === 0 && !this.#endsWithSpace) this.#add(' ')
      return
    }
    this.#write(this.#endsWithSpace || this.#breaks > 0 ? collapsed.replace(/^ /, '') : collapsed)
  }

  end(): string {
    return this.#pieces.join('')
  }

  #breakTo(breaks: number): void {
    this.#breaks = Math.max(this.#breaks, breaks)
  }

  #write(text: string): void {
    if (this.#breaks > 0 && this.#size > 0) this.#add('\n'.repeat(Math.min(this.#breaks, 2)))
    this.#breaks = 0
    this.#add(text)
  }

  #add(text: string): void {
    this.#pieces.push(text)
    this.#size += text.length
    this.#endsWithSpace = /\s$/.test(text)
  }
}

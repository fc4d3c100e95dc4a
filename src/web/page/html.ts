import { escapeHtml } from '../../core/text/escape-html.ts'

/** HTML that is safe to send: made by `html`, or trusted by `raw`. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

export type Piece = Html | string | number | null | undefined | false | readonly Piece[]

/** Template tag. Values are escaped unless they are `Html`; lists are joined; null, undefined and false are omitted. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  let text = strings[0] ?? ''
  pieces.forEach((piece, index) => {
    text += write(piece) + (strings[index + 1] ?? '')
  })
  return new Html(text)
}

/** Marks trusted HTML, such as rendered Markdown. The caller is responsible for it. */
export function raw(text: string): Html {
  return new Html(text)
}

/** A boolean attribute: `${on('checked', yes)}`. */
export function on(attribute: string, present: boolean): Html | '' {
  return present ? new Html(` ${attribute}`) : ''
}

/**
 * A sentence from locales/ with markup: `<link>` … `</link>` becomes what `tags.link` makes of the words between.
 * Everything else is escaped, and unknown tags are text.
 */
export function marked(sentence: string, tags: Readonly<Record<string, (text: string) => Html>>): Html {
  const parts = sentence.split(/<([a-z-]+)>(.*?)<\/\1>/su)
  const pieces: Piece[] = []
  for (let index = 0; index < parts.length; index += 3) {
    const [before, name, text = ''] = parts.slice(index, index + 3)
    pieces.push(before)
    if (name !== undefined) pieces.push(tags[name]?.(text) ?? `<${name}>${text}</${name}>`)
  }
  return html`${pieces}`
}

function write(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.text
  if (Array.isArray(piece)) return piece.map(write).join('')
  return escapeHtml(String(piece))
}

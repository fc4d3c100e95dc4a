/** Han, kana and their signs, which are written without blanks between words: a line may end after any of them. */
const WRITTEN_TOGETHER = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff01-\uff60]/u
/** Takes two columns (Unicode Standard Annex 11, wide and fullwidth). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const ASCII = /^[\0-\x7f]*$/
const NO_COLUMN = /[\p{M}\p{Cf}]/u
/** Signs that belong to what stands before them, and such that belong to what follows. */
const CLOSES = /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}\u30fc\u2026]+$/u
const OPENS = /^[\p{Ps}\p{Pi}¿¡]+$/u
/** A link of this many columns has a line to itself, so that nothing is taken for a part of it. */
const LONG_LINK = 40

/** Of text in emails, columns. */
export const LINE_WIDTH = 72
/** What a line begins with: quotes, indentation, marks of list entries. */
const LEAD = /^(?:> ?|\s+|(?:[-*•]|\d{1,9}[.)])\s+)*/

interface Word {
  readonly text: string
  readonly columns: number
  /** Whether a blank stands before it. */
  readonly spaced: boolean
}

/**
 * Breaks lines longer than `width` columns. Links and other long words stay whole; list entries and quotes go on under their
 * text.
 */
export function wrapLines(text: string, width = LINE_WIDTH): string {
  // No character takes more than two columns.
  if (text.length * 2 <= width) return text
  return text
    .split('\n')
    .map((line) => (columnsOf(line) <= width ? line : wrapLine(line, width)))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const [lead = ''] = LEAD.exec(line) ?? []
  const hang = lead.replace(/[^> ]/g, ' ')
  const lines = wrapText(line.slice(lead.length), width - columnsOf(lead))
  return lines.map((part, index) => (index === 0 ? lead : hang) + part).join('\n')
}

/**
 * Breaks a paragraph into lines of `width` columns at most. A word or a link that is longer stays whole. Signs never begin a
 * line without what they belong to, nor end one before it; a no-break space is no place to break. Linear in the text.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let columns = 0
  let isLink = false
  for (const word of wordsOf(text)) {
    const blank = word.spaced && line !== '' ? 1 : 0
    const isLong = /:\/\//.test(word.text) && word.columns >= LONG_LINK
    if (line !== '' && (isLong || isLink || columns + blank + word.columns > width)) {
      lines.push(line)
      line = ''
      columns = 0
    }
    const before = line === '' ? '' : ' '.repeat(blank)
    line += before + word.text
    columns += before.length + word.columns
    isLink = isLong
  }
  return line === '' ? lines : [...lines, line]
}

/** How many columns a text takes in a font of one width. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let columns = 0
  for (const sign of text) columns += NO_COLUMN.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1
  return columns
}

/** What must stay together, with the signs that belong to it. */
function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let opened: Word | null = null
  for (const piece of piecesOf(text)) {
    const last = words.at(-1)
    if (opened === null && last !== undefined && CLOSES.test(piece.text)) {
      words[words.length - 1] = joined(last, piece)
      continue
    }
    const word: Word = opened === null ? piece : joined(opened, piece)
    opened = OPENS.test(piece.text) ? word : null
    if (opened === null) words.push(word)
  }
  return opened === null ? words : [...words, opened]
}

function joined(one: Word, other: Word): Word {
  const blank = other.spaced ? ' ' : ''
  return {
    text: one.text + blank + other.text,
    columns: one.columns + blank.length + other.columns,
    spaced: one.spaced,
  }
}

function piecesOf(text: string): Word[] {
  // A placeholder may hold a blank, as in "{{, name}}".
  const chunks = text.match(/(?:\{\{[^{}]*\}\}|[^ \t{]|\{)+/g) ?? []
  return chunks.flatMap((chunk) => {
    if (!WRITTEN_TOGETHER.test(chunk)) return [{ text: chunk, columns: columnsOf(chunk), spaced: true }]
    const parts: string[] = []
    let run = ''
    for (const sign of chunk) {
      if (WRITTEN_TOGETHER.test(sign)) {
        if (run !== '') parts.push(run)
        parts.push(sign)
        run = ''
      } else run += sign
    }
    if (run !== '') parts.push(run)
    return parts.map((part, index) => ({ text: part, columns: columnsOf(part), spaced: index === 0 }))
  })
}

import { columnsOf, wrapText } from '../../core/text/wrap-text.ts'

/** What a line begins with: quotes, an indentation, the mark of a list's entry. */
const LEAD = /^((?:> ?)*)(\s*(?:(?:[-*•]|\d{1,9}[.)])\s+)?)/

/**
 * Breaks lines longer than `width` columns. Links and other long words stay whole; list items and quotes go on under their
 * text.
 */
export function wrap(text: string, width = 72): string {
  // No character takes more than two columns.
  if (text.length * 2 <= width) return text
  return text
    .split('\n')
    .map((line) => (columnsOf(line) <= width ? line : wrapLine(line, width)))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const [lead = '', quote = '', mark = ''] = LEAD.exec(line) ?? []
  const hang = quote + ' '.repeat(columnsOf(mark))
  const lines = wrapText(line.slice(lead.length), width - columnsOf(lead))
  return lines.map((part, index) => (index === 0 ? lead : hang) + part).join('\n')
}

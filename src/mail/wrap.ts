/**
 * Breaks lines longer than `width` characters at spaces. Links and other long words stay whole; list items and quotes
 * go on under their text.
 */
export function wrap(text: string, width = 72): string {
  if (text.length <= width) return text
  return text
    .split('\n')
    .map((line) => (line.length <= width ? line : wrapLine(line, width)))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const lead = /^(?:> ?)*(?:\s*(?:[-*•]|\d+[.)])\s+)?/.exec(line)?.[0] ?? ''
  const hang = /^(?:> ?)*/.exec(line)?.[0] ?? ''
  const indent = hang + ' '.repeat(lead.length - hang.length)
  const lines: string[] = []
  let current = lead
  let empty = true
  for (const word of line.slice(lead.length).split(/ +/)) {
    if (!empty && current.length + 1 + word.length > width) {
      lines.push(current)
      current = indent
      empty = true
    }
    current += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(current)
  return lines.join('\n')
}

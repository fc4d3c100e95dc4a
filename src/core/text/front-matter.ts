import type { Problem } from '../errors.ts'

export interface FrontMatter {
  /** The YAML between the `---` lines, and how many lines of the file stand above it. */
  readonly yaml: string
  readonly linesBefore: number
  readonly body: string
  /** The file's line on which the body starts, 1-based. */
  readonly bodyLine: number
}

/** Splits a file into YAML front matter and body; line ends become LF. A fault when there is no front matter. */
export function splitFrontMatter(file: string, text: string): FrontMatter | Problem {
  const lines = withUnixLines(text).split('\n')
  if (text.trim() === '') return { file, line: 1, what: 'The file is empty.', fix: 'Write it, or remove the file.' }
  if (lines[0]?.trimEnd() !== '---') {
    return {
      file,
      line: 1,
      what: 'There is no front matter.',
      fix: 'Begin with a line "---", then keys, then a line "---".',
    }
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end === -1) {
    return {
      file,
      line: 1,
      what: 'The front matter does not end.',
      fix: 'Close it with a line "---" before the text.',
    }
  }
  return {
    yaml: lines.slice(1, end).join('\n'),
    linesBefore: 1,
    body: lines.slice(end + 1).join('\n'),
    // A file that ends with its front matter has no line below it: what is missing there is told of the last line.
    bodyLine: Math.min(end + 2, lines.length),
  }
}

/** Without a byte order mark, and with LF at line ends. */
export function withUnixLines(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

import type { Problem } from '../errors.ts'

export interface FrontMatter {
  /** The YAML between the `---` lines, and the number of lines above it. */
  readonly yaml: string
  readonly linesBefore: number
  readonly body: string
  /** The line where the body starts, 1-based. */
  readonly bodyLine: number
}

/**
 * Splits a file into YAML front matter and body, with LF line endings. Returns a problem if there is no front matter.
 */
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
    // If the file ends after the front matter, problems of the body are reported on the last line.
    bodyLine: Math.min(end + 2, lines.length),
  }
}

/** Removes a byte order mark and converts line endings to LF. */
export function withUnixLines(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

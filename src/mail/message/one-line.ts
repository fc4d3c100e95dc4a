/**
 * User input as one line, for a header or a sentence: without control characters, line ends or the invisible characters
 * that change the direction of the text around them (U+202A to U+202E, U+2066 to U+2069). Right-to-left letters are
 * kept. "=?" is split, because a header parser would read it as the start of encoded text (RFC 2047).
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('=?', '= ?')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** In quoted-printable, a line may end anywhere in a token (RFC 2045 section 6.7). */
const BREAK = '(?:=\\r\\n)?'

/** The same message with every token crossed out, character for character, so that its links open nothing. */
export function maskTokens(message: string, tokens: readonly string[]): string {
  let masked = message
  for (const token of tokens) {
    // Tokens have letters, digits, "-" and "_" only, which mean themselves in a pattern.
    const pattern = new RegExp([...token].join(BREAK), 'g')
    masked = masked.replaceAll(pattern, (found) => found.replaceAll(/(=\r\n)|./g, (_, kept?: string) => kept ?? 'x'))
  }
  return masked
}

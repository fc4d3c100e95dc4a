/** Enough for any sentence an operator needs. */
const MAX_LENGTH = 500
/** Allows words such as `Mon/Tue` or `and/or`; anything longer may contain a token. */
const MAX_PATH_LENGTH = 12

/** Slashes as a URL within a URL has them (RFC 3986 section 2.1). */
const ENCODED_SLASH = /%2f/i
/** A token of ours that stands alone: a signed one has at least 18 bytes, of which the first is 1 or 2; one that confirms has 32. */
const TOKEN = /(?<![\w-])(?:A[Q-Za-v][\w-]{22,}|[\w-]{43}(?![\w-]))/

/** Redacts a server's reply for logs and pages: removes addresses and links, and joins it to one line. */
export function withoutAddresses(text: string): string {
  return text.slice(0, MAX_LENGTH).split(/\s+/).map(withoutName).join(' ').trim()
}

/** Some filters quote the link they reject, and our links work as credentials. */
function withoutName(word: string): string {
  if (word.includes('@')) return '<address>'
  const isLink = word.includes('/') && word.length > MAX_PATH_LENGTH
  return isLink || ENCODED_SLASH.test(word) || TOKEN.test(word) ? '<link>' : word
}

/** Enough for any sentence an operator needs. */
const MAX_LENGTH = 500
/** Allows words such as `Mon/Tue` or `and/or`; anything longer may contain a token. */
const MAX_PATH_LENGTH = 12

/** Redacts a server's reply for logs and pages: removes addresses and links, and joins it to one line. */
export function withoutAddresses(text: string): string {
  return text.slice(0, MAX_LENGTH).split(/\s+/).map(withoutName).join(' ').trim()
}

/** Some filters quote the link they reject, and our links work as credentials. */
function withoutName(word: string): string {
  if (word.includes('@')) return '<address>'
  return word.includes('/') && word.length > MAX_PATH_LENGTH ? '<link>' : word
}

/** No sentence for an operator needs more. */
const MAX_LENGTH = 500
/** Such as `Mon/Tue` or `and/or`; whatever is longer may hold a token. */
const MAX_PATH_LENGTH = 12

/** A server's words fit for a log or a page: whatever holds an address, or a link of the message, is left out; the rest is one line. */
export function withoutAddresses(text: string): string {
  return text.slice(0, MAX_LENGTH).split(/\s+/).map(withoutName).join(' ').trim()
}

/** Some filters name the link they object to, and a link made here lets its holder in. */
function withoutName(word: string): string {
  if (word.includes('@')) return '<address>'
  return word.includes('/') && word.length > MAX_PATH_LENGTH ? '<link>' : word
}

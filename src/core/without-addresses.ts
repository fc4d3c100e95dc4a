/** No sentence for an operator needs more. */
const LONGEST = 500

/** A server's words fit for a log or a page: whatever holds an address is left out, and the rest is one line. */
export function withoutAddresses(text: string): string {
  return text
    .slice(0, LONGEST)
    .split(/\s+/)
    .map((word) => (word.includes('@') ? '<address>' : word))
    .join(' ')
    .trim()
}

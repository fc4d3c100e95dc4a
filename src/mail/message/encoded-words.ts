/** With "=?utf-8?Q?" and "?=" it fits the first line after "Subject: ", and the 75 characters of RFC 2047 section 2. */
const MAX_WORD_LENGTH = 52

/**
 * Any text as encoded words (RFC 2047), one blank between them; in the way that leaves it readable where half of it or
 * more stays as it is. Every word holds whole characters (section 5). A half of a surrogate pair becomes U+FFFD.
 */
export function encodeWords(text: string): string {
  const characters = [...text.toWellFormed()]
  const quoted = characters.map(quote)
  if (quoted.filter(({ length }) => length === 1).length * 2 >= characters.length)
    return groupBySize(quoted, ({ length }) => length, MAX_WORD_LENGTH)
      .map((word) => `=?utf-8?Q?${word}?=`)
      .join(' ')
  return groupBySize(characters, (character) => Buffer.byteLength(character), (MAX_WORD_LENGTH / 4) * 3)
    .map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join(' ')
}

/** The only signs that need no encoding within a name (section 5, rule 3). */
function quote(character: string): string {
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character
  if (character === ' ') return '_'
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '=$&')
}

function groupBySize(items: readonly string[], sizeOf: (item: string) => number, room: number): string[] {
  const groups: string[] = []
  let group = ''
  let size = 0
  for (const item of items) {
    if (size + sizeOf(item) > room) {
      groups.push(group)
      group = ''
      size = 0
    }
    group += item
    size += sizeOf(item)
  }
  return [...groups, group]
}

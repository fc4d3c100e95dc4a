import type { Problem } from '../errors.ts'

export interface DnsRecord {
  /** Lower case, without the final dot. */
  readonly name: string
  readonly type: string
  /** Fields as they stand; the strings of a TXT record joined to one. */
  readonly value: string
}

/**
 * Records of a zone file (RFC 1035 section 5): `$ORIGIN`, `@`, names relative to the origin, a name left out, comments,
 * quoted strings and parentheses over several lines. TTLs, the class IN and `$TTL` are passed over. What cannot be read
 * is a fault with its line.
 */
export function parseZoneFile(file: string, text: string): { records: DnsRecord[]; problems: Problem[] } {
  const records: DnsRecord[] = []
  const problems: Problem[] = []
  let origin = ''
  let last = ''
  for (const { words, line, indented } of entriesOf(text)) {
    const [first = ''] = words
    if (first.toUpperCase() === '$ORIGIN') origin = absolute(words[1] ?? '', '')
    if (first.startsWith('$')) continue
    const name = indented ? last : absolute(words.shift() ?? '', origin)
    last = name
    while (/^(\d+[smhdw]?|in)$/i.test(words[0] ?? '')) words.shift()
    const type = (words.shift() ?? '').toUpperCase()
    if (!/^[A-Z]+\d*$/.test(type) || words.length === 0) {
      const fix = 'Write it as: name IN TXT "value".'
      problems.push({ file, line, what: 'This record cannot be parsed.', fix })
      continue
    }
    records.push({ name, type, value: dataOf(type, words, origin) })
  }
  return { records, problems }
}

function dataOf(type: string, words: readonly string[], origin: string): string {
  if (type === 'TXT' || type === 'SPF') return words.map(unquoted).join('')
  const target = words.at(-1) ?? ''
  const isName = type === 'MX' || type === 'PTR' || type === 'CNAME' || type === 'NS'
  return [...words.slice(0, -1), isName ? absolute(target, origin) : target].join(' ')
}

/** Lines joined where parentheses are open, cut into words; a quoted string is one word with its quotes. */
function entriesOf(text: string): { words: string[]; line: number; indented: boolean }[] {
  const entries: { words: string[]; line: number; indented: boolean }[] = []
  let depth = 0
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const words = source.match(/"(?:[^"\\]|\\.)*"|;.*|[()]|[^\s()";]+/g) ?? []
    const open = depth
    const kept: string[] = []
    for (const word of words) {
      if (word === '(') depth += 1
      else if (word === ')') depth -= 1
      else if (!word.startsWith(';')) kept.push(word)
    }
    if (kept.length === 0) continue
    const current = entries.at(-1)
    if (open > 0 && current) current.words.push(...kept)
    else entries.push({ words: kept, line: index + 1, indented: /^\s/.test(source) })
  }
  return entries
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1')
}

function absolute(name: string, origin: string): string {
  const lower = name.toLowerCase()
  if (lower === '@') return origin
  if (lower.endsWith('.')) return lower.slice(0, -1)
  return origin === '' ? lower : `${lower}.${origin}`
}

import { domainToASCII } from 'node:url'

/** A provider's documented rules about which spellings reach the same mailbox. */
interface Provider {
  /** The first one represents them all. */
  readonly domains: readonly string[]
  /** Characters that it ignores in local parts. */
  readonly ignored?: string
  /** A tag separator in addition to the plus sign. */
  readonly tag?: string
  /** A character that it treats as another one. */
  readonly alike?: readonly [from: string, to: string]
}

/** From the help pages of each provider. */
const PROVIDERS: readonly Provider[] = [
  { domains: ['gmail.com', 'googlemail.com'], ignored: '.' },
  { domains: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'], ignored: '.-_' },
  { domains: ['icloud.com', 'me.com', 'mac.com'] },
  {
    domains: ['yandex.ru', 'ya.ru', 'yandex.com', 'yandex.by', 'yandex.kz', 'yandex.ua', 'yandex.com.tr'],
    alike: ['-', '.'],
  },
  { domains: ['ymail.com'], tag: '-' },
  { domains: ['rocketmail.com'], tag: '-' },
]
const BY_DOMAIN = new Map(
  PROVIDERS.flatMap((provider) => provider.domains.map((domain) => [domain, provider] as const)),
)
/** Yahoo's country domains have separate mailboxes. */
const YAHOO: Omit<Provider, 'domains'> = { tag: '-' }

/** RFC 5321 section 4.5.3.1.3 allows 254 characters; comments and quotes may add to that. */
const MAX_LENGTH = 1_000

/**
 * The mailbox that an address reaches, as text for comparison: without comments, quotes and tags, in lower case, with
 * the domain in ASCII (IDNA), and following the rules of large providers. Two mailboxes may have the same text if a
 * host treats tags as part of the name, so use it for limits and never for identity. Linear; accepts any text.
 */
export function mailboxOf(address: string): string {
  const { local, domain } = split(address.slice(0, MAX_LENGTH))
  const ascii = asciiDomain(domain)
  const provider = BY_DOMAIN.get(ascii)
  const rules = provider ?? (ascii.startsWith('yahoo.') ? YAHOO : {})
  let name = cutAt(local.normalize('NFKC').toLowerCase(), '+')
  if (rules.tag) name = cutAt(name, rules.tag)
  if (rules.alike) name = name.replaceAll(...rules.alike)
  for (const ignored of rules.ignored ?? '') name = name.replaceAll(ignored, '')
  return `${name}@${provider?.domains[0] ?? ascii}`
}

/** RFC 5322 section 3.2: comments may nest, and in quotes or comments a backslash escapes the next character. */
function split(address: string): { local: string; domain: string } {
  const kept: string[] = []
  let at = -1
  let comments = 0
  let isQuoted = false
  for (let index = 0; index < address.length; index += 1) {
    const character = address.charAt(index)
    if (character === '\\' && (isQuoted || comments > 0)) {
      index += 1
      if (comments === 0) kept.push(address.charAt(index))
    } else if (isQuoted) {
      if (character === '"') isQuoted = false
      else kept.push(character)
    } else if (character === '(') comments += 1
    else if (character === ')' && comments > 0) comments -= 1
    else if (comments > 0) continue
    else if (character === '"') isQuoted = true
    else if (character.trim() !== '') {
      if (character === '@') at = kept.length
      kept.push(character)
    }
  }
  if (at < 0) return { local: kept.join(''), domain: '' }
  return { local: kept.slice(0, at).join(''), domain: kept.slice(at + 1).join('') }
}

function asciiDomain(domain: string): string {
  const lower = domain.normalize('NFKC').toLowerCase()
  let end = lower.length
  while (end > 0 && lower.charAt(end - 1) === '.') end -= 1
  const bare = lower.slice(0, end)
  return domainToASCII(bare) || bare
}

/** Removes the tag, unless the name begins with the separator. */
function cutAt(name: string, separator: string): string {
  const at = name.indexOf(separator)
  return at > 0 ? name.slice(0, at) : name
}

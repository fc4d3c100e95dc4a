import { domainToASCII } from 'node:url'

/** What a provider documents about which spellings reach one mailbox. */
interface Provider {
  /** The first one stands for all of them. */
  readonly domains: readonly string[]
  /** Characters that its local parts may hold and that it ignores. */
  readonly ignored?: string
  /** What starts a tag, besides a plus. */
  readonly tag?: string
  /** One character that it takes for another. */
  readonly alike?: readonly [from: string, to: string]
}

/** Facts from the help pages of each provider; one entry for each. */
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
/** Yahoo has a domain for each country, and each is a set of mailboxes of its own. */
const YAHOO: Omit<Provider, 'domains'> = { tag: '-' }

/** RFC 5321 section 4.5.3.1.3 allows 254; comments and quotes may add to it. */
const MAX_LENGTH = 1_000

/**
 * The mailbox that a spelling of an address reaches, as text to be compared: without comments, quotes and tags, in lower
 * case, the domain in ASCII (IDNA), and by what large providers document. Two mailboxes may share one text where a host
 * treats a tag as part of the name, so it serves limits and never decides who somebody is. Linear; takes any text.
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

/** RFC 5322 section 3.2: comments may nest, and a backslash in quotes or comments takes the next character as it is. */
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

/** Without the tag; a name that begins with the separator has none. */
function cutAt(name: string, separator: string): string {
  const at = name.indexOf(separator)
  return at > 0 ? name.slice(0, at) : name
}

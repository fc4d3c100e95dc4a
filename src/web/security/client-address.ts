import { isIP, isIPv4 } from 'node:net'

/** Longer than any IPv6 address with zone, brackets and port (RFC 4291, RFC 6874). */
const MAX_LENGTH = 120

/** A client for rate limits: an IPv4 address, or the networks of an IPv6 address. */
export interface ClientNetworks {
  /** The IPv4 address, or the /56 of a household. */
  readonly narrow: string
  /** The /48 of an IPv6 address; null for IPv4. */
  readonly wide: string | null
}

/**
 * The networks of an address in any notation used by proxies or the system: with a port, in brackets, with a zone, in
 * upper case, or IPv4 mapped or translated into IPv6 (RFC 4291 section 2.5.5.2, RFC 6052 section 2.1). Null for
 * anything else.
 */
export function clientNetworks(text: string): ClientNetworks | null {
  if (isIPv4(text)) return { narrow: text, wide: null }
  const address = bareAddress(text)
  if (address === null) return null
  if (isIPv4(address)) return { narrow: address, wide: null }
  const groups = groupsOf(address)
  const embedded = embeddedIPv4(groups)
  if (embedded !== null) return { narrow: embedded, wide: null }
  const [a = 0, b = 0, c = 0, d = 0] = groups
  const wide = [a, b, c].map((group) => group.toString(16)).join(':')
  return { narrow: `${wide}:${(d & 0xff00).toString(16)}::/56`, wide: `${wide}::/48` }
}

function bareAddress(text: string): string | null {
  if (text.length > MAX_LENGTH) return null
  let address = text.trim()
  if (address.startsWith('"') && address.endsWith('"')) address = address.slice(1, -1)
  if (address.startsWith('[')) {
    const end = address.indexOf(']')
    if (end < 0 || !/^(:\d{1,5})?$/.test(address.slice(end + 1))) return null
    address = address.slice(1, end)
  } else if (/^[\d.]+:\d{1,5}$/.test(address)) address = address.slice(0, address.indexOf(':'))
  const zone = address.indexOf('%')
  if (zone >= 0) address = address.slice(0, zone)
  return isIP(address) === 0 ? null : address
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::') as [string, string?]
  const first = numbersOf(head)
  if (tail === undefined) return first
  const last = numbersOf(tail)
  return [...first, ...new Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0), ...last]
}

function numbersOf(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function embeddedIPv4(groups: readonly number[]): string | null {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  const isTranslated = groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0)
  if (!isMapped && !isTranslated) return null
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

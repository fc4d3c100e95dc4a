import { isIPv4 } from 'node:net'

/** How many connections there may be: in all, and of one network. */
export interface ClientLimits {
  readonly total: number
  /** IPv4 /24, which is what the smallest hosting customer or household shares, and IPv6 /56. */
  readonly network: number
  /** IPv6 /48, the most that one customer is usually given (RFC 6177). */
  readonly site: number
}

export interface ClientLimiter {
  /** Lets a client in, or not. Whoever was let in leaves once. */
  enter(address: string): boolean
  leave(address: string): void
}

/** Counts the connections of each network, so that none of them can hold all there are. */
export function createClientLimiter(limits: ClientLimits): ClientLimiter {
  const counts = new Map<string, number>()
  let total = 0
  const keysOf = (address: string) =>
    networksOf(address).map((name, index) => ({ name, limit: index === 0 ? limits.network : limits.site }))
  return {
    enter(address) {
      const keys = keysOf(address)
      if (total >= limits.total || keys.some(({ name, limit }) => (counts.get(name) ?? 0) >= limit)) return false
      for (const { name } of keys) counts.set(name, (counts.get(name) ?? 0) + 1)
      total += 1
      return true
    },
    leave(address) {
      for (const { name } of keysOf(address)) {
        const count = (counts.get(name) ?? 1) - 1
        if (count > 0) counts.set(name, count)
        else counts.delete(name)
      }
      total -= 1
    },
  }
}

/** The networks an address belongs to: of IPv4 the /24; of IPv6 the /56 and the /48. Mapped IPv4 (RFC 4291) is IPv4. */
export function networksOf(address: string): readonly string[] {
  const bare = address.toLowerCase().replace(/%.*$/, '')
  const mapped = bare.startsWith('::ffff:') ? bare.slice('::ffff:'.length) : bare
  if (isIPv4(mapped)) return [`${mapped.split('.').slice(0, 3).join('.')}/24`]
  const groups = groupsOf(bare)
  const site = groups.slice(0, 3).join(':')
  return [`${site}:${(groups[3] ?? 0) & 0xff00}/56`, `${site}/48`]
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2); zeros where a text is none. */
function groupsOf(address: string): number[] {
  const [left = '', right] = address.split('::', 2)
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16) || 0))
  const [head, tail] = [read(left), read(right ?? '')]
  const zeros = right === undefined ? 0 : Math.max(8 - head.length - tail.length, 0)
  return [...head, ...new Array<number>(zeros).fill(0), ...tail, ...new Array<number>(8).fill(0)].slice(0, 8)
}

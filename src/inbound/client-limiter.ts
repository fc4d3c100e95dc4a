import { isIPv4 } from 'node:net'

/** Maximum number of connections: in total, and per network. */
export interface ClientLimits {
  readonly total: number
  /** IPv4 /24, about what one small hosting customer or household shares, and IPv6 /56. */
  readonly network: number
  /** IPv6 /48, the most that one customer is usually assigned (RFC 6177). */
  readonly site: number
}

export interface ClientLimiter {
  /** Returns whether the client may connect. Call `leave` once for each accepted client. */
  enter(address: string): boolean
  leave(address: string): void
}

/** Counts connections per network, so that no network can use up all of them. */
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

/**
 * The networks an address belongs to: /24 for IPv4, /56 and /48 for IPv6. IPv4-mapped addresses (RFC 4291) count as
 * IPv4.
 */
export function networksOf(address: string): readonly string[] {
  const bare = address.toLowerCase().replace(/%.*$/, '')
  const mapped = bare.startsWith('::ffff:') ? bare.slice('::ffff:'.length) : bare
  if (isIPv4(mapped)) return [`${mapped.split('.').slice(0, 3).join('.')}/24`]
  const groups = groupsOf(bare)
  const site = groups.slice(0, 3).join(':')
  return [`${site}:${(groups[3] ?? 0) & 0xff00}/56`, `${site}/48`]
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2); 0 where the text is not a number. */
function groupsOf(address: string): number[] {
  const [left = '', right] = address.split('::', 2)
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16) || 0))
  const [head, tail] = [read(left), read(right ?? '')]
  const zeros = right === undefined ? 0 : Math.max(8 - head.length - tail.length, 0)
  return [...head, ...new Array<number>(zeros).fill(0), ...tail, ...new Array<number>(8).fill(0)].slice(0, 8)
}

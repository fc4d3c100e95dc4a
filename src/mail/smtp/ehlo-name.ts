import { isIP } from 'node:net'

/**
 * The client's name for EHLO (RFC 5321 section 4.1.1.1). A host name is used as it is; an IP address, with or without
 * the brackets of a URL, becomes an address literal (section 4.1.3).
 */
export function ehloName(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '')
  const version = isIP(bare)
  if (version === 4) return `[${bare}]`
  return version === 6 ? `[IPv6:${bare}]` : host
}

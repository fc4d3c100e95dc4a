import type { SecretKeys } from '../security/keys.ts'
import { readLink } from '../security/link-token.ts'
import { idTag, isSameMac, macLetters, readIdTag } from '../security/mac-letters.ts'

/** What an address of the return-path domain stands for. */
export type ReturnAddress =
  | { readonly kind: 'bounce'; readonly deliveryId: number }
  | { readonly kind: 'unsubscribe'; readonly token: string }
  | { readonly kind: 'complaints' }

/** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2: 64 octets, an @ and 255 octets. */
const MAX_ADDRESS_LENGTH = 320

type Keys = Pick<SecretKeys, 'returnPaths'>

/** `<deliveryId>-<mac>`: identifies a delivery in bounce and complaint reports; the MAC prevents forged tags. */
export function deliveryTag(keys: Keys, deliveryId: number): string {
  return idTag(keys.returnPaths, 'bounce', deliveryId)
}

/** The delivery that a tag identifies; null if the MAC is wrong. */
export function readDeliveryTag(keys: Keys, tag: string): number | null {
  return readIdTag(keys.returnPaths, 'bounce', tag)
}

/**
 * The envelope sender (RFC 5321 section 4.4) of one delivery: reports come back to it and identify the delivery (VERP).
 */
export function returnPathOf(keys: Keys, deliveryId: number, domain: string): string {
  return `bounce+${deliveryTag(keys, deliveryId)}@${domain}`
}

/**
 * Where mail clients without one-click send unsubscribe requests (RFC 2369 section 3.2). `token` is that of the stop
 * link.
 */
export function unsubscribeAddress(token: string, domain: string): string {
  return `unsubscribe+${Buffer.from(token, 'base64url').toString('hex')}@${domain}`
}

/** The address to register with providers' feedback loops (RFC 6449 section 4.2). */
export function complaintsAddress(keys: Keys, domain: string): string {
  return `complaints+${macLetters(keys.returnPaths, 'complaints')}@${domain}`
}

/** What an address of `domain` stands for; null for an address that this service did not issue. */
export function readReturnAddress(
  keys: Pick<SecretKeys, 'returnPaths' | 'of'>,
  address: string,
  domain: string,
): ReturnAddress | null {
  if (address.length > MAX_ADDRESS_LENGTH) return null
  const at = address.lastIndexOf('@')
  if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null
  const [, word, rest] = /^(bounce|unsubscribe|complaints)\+(.{1,64})$/.exec(address.slice(0, at).toLowerCase()) ?? []
  if (word === undefined || rest === undefined) return null
  if (word === 'bounce') {
    const deliveryId = readDeliveryTag(keys, rest)
    return deliveryId === null ? null : { kind: 'bounce', deliveryId }
  }
  if (word === 'complaints')
    return isSameMac(rest, macLetters(keys.returnPaths, 'complaints')) ? { kind: 'complaints' } : null
  if (!/^(?:[0-9a-f]{2})+$/.test(rest)) return null
  const token = Buffer.from(rest, 'hex').toString('base64url')
  return readLink(keys, 'stop', token) === null ? null : { kind: 'unsubscribe', token }
}

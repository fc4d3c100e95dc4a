import { timingSafeEqual } from 'node:crypto'
import type { SecretKeys } from '../security/keys.ts'
import { readLink } from '../security/link-token.ts'
import { mac } from '../security/mac.ts'

/** What an address of the return-path domain stands for. */
export type ReturnAddress =
  | { readonly kind: 'bounce'; readonly deliveryId: number }
  | { readonly kind: 'unsubscribe'; readonly token: string }
  | { readonly kind: 'complaints' }

/** RFC 2104 section 5 asks for at least 80 bits; more would not fit beside a token in 64 characters. */
const MAC_BYTES = 10
/** Mail servers may change the case of a local part on the way, so nothing in it depends on case. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
/** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2: 64 octets, an @ and 255 octets. */
const MAX_ADDRESS_LENGTH = 320
const TAG = /^([1-9]\d{0,15})-([a-z2-7]{16})$/

type Keys = Pick<SecretKeys, 'returnPaths'>

/** `<deliveryId>-<mac>`: identifies a delivery in bounce and complaint reports; the MAC prevents forged tags. */
export function deliveryTag(keys: Keys, deliveryId: number): string {
  return `${deliveryId}-${macOf(keys, `bounce ${deliveryId}`)}`
}

/** The delivery that a tag identifies; null if the MAC is wrong. */
export function readDeliveryTag(keys: Keys, tag: string): number | null {
  const parts = TAG.exec(tag.toLowerCase())
  if (parts === null) return null
  const deliveryId = Number(parts[1])
  return isSame(parts[2] as string, macOf(keys, `bounce ${deliveryId}`)) ? deliveryId : null
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
  return `complaints+${macOf(keys, 'complaints')}@${domain}`
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
  if (word === 'complaints') return isSame(rest, macOf(keys, 'complaints')) ? { kind: 'complaints' } : null
  if (!/^(?:[0-9a-f]{2})+$/.test(rest)) return null
  const token = Buffer.from(rest, 'hex').toString('base64url')
  return readLink(keys, 'stop', token) === null ? null : { kind: 'unsubscribe', token }
}

function macOf(keys: Keys, text: string): string {
  const bytes = mac(keys.returnPaths, text).subarray(0, MAC_BYTES)
  let letters = ''
  // Five bytes are eight letters of base32.
  for (let at = 0; at < MAC_BYTES; at += 5) {
    const high = bytes.readUInt16BE(at) * 16 + ((bytes[at + 2] ?? 0) >> 4)
    const low = (((bytes[at + 2] ?? 0) & 15) << 16) + bytes.readUInt16BE(at + 3)
    for (const part of [high, low])
      for (let shift = 15; shift >= 0; shift -= 5) letters += BASE32.charAt((part >> shift) & 31)
  }
  return letters
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

import { timingSafeEqual } from 'node:crypto'
import { mac } from './mac.ts'

/** RFC 2104 section 5 asks for at least 80 bits; more would not fit beside a token in the 64 characters of a local part. */
const MAC_BYTES = 10
/** Mail servers may change the case of a local part on the way, so nothing in it depends on case. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const TAG = /^([1-9]\d{0,15})-([a-z2-7]{16})$/

/** A keyed hash of `text` as 16 letters and digits of base32 (RFC 4648, in lower case), for use in an address. */
export function macLetters(key: Uint8Array, text: string): string {
  const bytes = mac(key, text).subarray(0, MAC_BYTES)
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

/** Compares in constant time. */
export function isSameMac(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** `<id>-<mac>`: an id that nobody without the key can make up. `purpose` says what it stands for. */
export function idTag(key: Uint8Array, purpose: string, id: number): string {
  return `${id}-${macLetters(key, `${purpose} ${id}`)}`
}

/** The id of a tag, in any case; null if the MAC is wrong. */
export function readIdTag(key: Uint8Array, purpose: string, tag: string): number | null {
  const parts = TAG.exec(tag.toLowerCase())
  if (parts === null) return null
  const id = Number(parts[1])
  return isSameMac(parts[2] as string, macLetters(key, `${purpose} ${id}`)) ? id : null
}

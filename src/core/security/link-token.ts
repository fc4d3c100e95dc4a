import { timingSafeEqual } from 'node:crypto'
import { mac } from './mac.ts'

/** One HMAC key per purpose, derived from SECRET_KEY, so that a link for one purpose never works for another. */
export const LINK_PURPOSES = {
  lesson: { mustExpire: false },
  stop: { mustExpire: false },
  // Links that open or delete what was written must expire.
  read: { mustExpire: true },
  erase: { mustExpire: true },
  back: { mustExpire: true },
  address: { mustExpire: true },
  'undo-address': { mustExpire: true },
  view: { mustExpire: false },
  library: { mustExpire: true },
} as const

export type LinkPurpose = keyof typeof LINK_PURPOSES

export interface LinkKeys {
  readonly of: (purpose: LinkPurpose) => Uint8Array
}

/** The first byte of a token: 1 without expiry; 2 if the expiry time (ms UTC) precedes the numbers. */
const WITHOUT_EXPIRY = 1
const WITH_EXPIRY = 2
/** RFC 2104 section 5: at least half the bits of the hash. */
const MAC_BYTES = 16
/** Longer input is rejected before hashing: real tokens only have a few numbers. */
const MAX_TOKEN_LENGTH = 128

/**
 * Signs non-negative integers (ids, days) for one purpose as a short URL-safe token. `expiresAt` is in ms UTC and
 * required where the purpose says so. Invalid numbers throw a RangeError.
 */
export function signLink(keys: LinkKeys, purpose: LinkPurpose, numbers: readonly number[], expiresAt?: number): string {
  if (LINK_PURPOSES[purpose].mustExpire && expiresAt === undefined)
    throw new RangeError(`A link to ${purpose} must have an end.`)
  const bytes = [expiresAt === undefined ? WITHOUT_EXPIRY : WITH_EXPIRY]
  if (expiresAt !== undefined) addVarint(bytes, expiresAt)
  for (const number of numbers) addVarint(bytes, number)
  const token = Buffer.allocUnsafe(bytes.length + MAC_BYTES)
  token.set(bytes)
  token.set(macOf(keys.of(purpose), token.subarray(0, bytes.length)), bytes.length)
  return token.toString('base64url')
}

/**
 * The numbers in a token, or null if it was signed for another purpose, modified, or has expired. `now` is in ms UTC;
 * without it, tokens with an expiry count as expired.
 */
export function readLink(keys: LinkKeys, purpose: LinkPurpose, token: string, now?: number): number[] | null {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== token) return null
  const payload = bytes.subarray(0, bytes.length - MAC_BYTES)
  if (!timingSafeEqual(macOf(keys.of(purpose), payload), bytes.subarray(payload.length))) return null
  const numbers = fromVarints(payload.subarray(1))
  if (payload[0] === WITHOUT_EXPIRY) return LINK_PURPOSES[purpose].mustExpire ? null : numbers
  if (payload[0] !== WITH_EXPIRY || numbers === null) return null
  const [expiresAt, ...rest] = numbers
  return expiresAt !== undefined && now !== undefined && now < expiresAt ? rest : null
}

function macOf(key: Uint8Array, payload: Uint8Array): Buffer {
  return mac(key, payload).subarray(0, MAC_BYTES)
}

/** LEB128: seven bits per byte, lowest first. Uses division, because shifts are limited to 32 bits. */
function addVarint(bytes: number[], number: number): void {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError('A link holds non-negative whole numbers only.')
  let rest = number
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

function fromVarints(bytes: Uint8Array): number[] | null {
  const numbers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte % 0x80) * scale
    if (!Number.isSafeInteger(value)) return null
    if (byte >= 0x80) {
      scale *= 0x80
      continue
    }
    numbers.push(value)
    value = 0
    scale = 1
  }
  return scale === 1 ? numbers : null
}

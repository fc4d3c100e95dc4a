import { timingSafeEqual } from 'node:crypto'
import { mac } from './mac.ts'

/** One HMAC key per purpose, derived from SECRET_KEY, so that a link made for one purpose never works for another. */
export const LINK_PURPOSES = {
  lesson: { mustEnd: false },
  stop: { mustEnd: false },
  // What opens everything written, or deletes it, must have an end.
  read: { mustEnd: true },
  erase: { mustEnd: true },
  view: { mustEnd: false },
} as const

export type LinkPurpose = keyof typeof LINK_PURPOSES

export interface LinkKeys {
  readonly of: (purpose: LinkPurpose) => Uint8Array
}

/** The first byte of a token: without an end, or with the instant it ends at (ms, UTC) before the numbers. */
const LASTING = 1
const ENDING = 2
/** RFC 2104 section 5: no fewer than half the bits of the hash. */
const MAC_BYTES = 16
/** No token holds more than a few numbers; what is longer was not made here and is not worth a hash. */
const MAX_TOKEN_LENGTH = 128

/**
 * Signs non-negative whole numbers (ids, days) for one purpose as a short URL-safe token.
 * `expiresAt` (ms, UTC) makes it end; links to read back and to erase must have one. Bad numbers throw a RangeError.
 */
export function signLink(keys: LinkKeys, purpose: LinkPurpose, numbers: readonly number[], expiresAt?: number): string {
  if (LINK_PURPOSES[purpose].mustEnd && expiresAt === undefined)
    throw new RangeError(`A link to ${purpose} must have an end.`)
  const bytes = [expiresAt === undefined ? LASTING : ENDING]
  if (expiresAt !== undefined) addVarint(bytes, expiresAt)
  for (const number of numbers) addVarint(bytes, number)
  const token = Buffer.allocUnsafe(bytes.length + MAC_BYTES)
  token.set(bytes)
  token.set(macOf(keys.of(purpose), token.subarray(0, bytes.length)), bytes.length)
  return token.toString('base64url')
}

/**
 * The numbers of a token, or null when it was not signed for this purpose, was changed, or has ended.
 * `now` (ms, UTC) is needed for a token with an end, which without it counts as ended.
 */
export function readLink(keys: LinkKeys, purpose: LinkPurpose, token: string, now?: number): number[] | null {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== token) return null
  const payload = bytes.subarray(0, bytes.length - MAC_BYTES)
  if (!timingSafeEqual(macOf(keys.of(purpose), payload), bytes.subarray(payload.length))) return null
  const numbers = fromVarints(payload.subarray(1))
  if (payload[0] === LASTING) return LINK_PURPOSES[purpose].mustEnd ? null : numbers
  if (payload[0] !== ENDING || numbers === null) return null
  const [expiresAt, ...rest] = numbers
  return expiresAt !== undefined && now !== undefined && now < expiresAt ? rest : null
}

function macOf(key: Uint8Array, payload: Uint8Array): Buffer {
  return mac(key, payload).subarray(0, MAC_BYTES)
}

/** Seven bits a byte, the lowest first. Division instead of shifts: instants have more than 32 bits. */
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

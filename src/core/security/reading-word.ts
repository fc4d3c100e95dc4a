import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** Maximum typed length, checked before anything else. */
export const MAX_READING_WORD_LENGTH = 100
export const MIN_READING_WORD_LENGTH = 6

/** RFC 7914 (scrypt): 32 MB and a tenth of a second per attempt, in a thread of Node's pool. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 } as const satisfies ScryptOptions
export const SALT_BYTES = 16
const KEY_BYTES = 32

/**
 * The form of a reading word for comparison: NFKC (UAX 15), lower case, trimmed, with single spaces, so that it can be
 * typed on another keyboard. Null if it is too short or too long.
 */
export function normaliseReadingWord(typed: string): string | null {
  if (typed.length > MAX_READING_WORD_LENGTH) return null
  const word = typed.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ')
  return [...word].length < MIN_READING_WORD_LENGTH ? null : word
}

/**
 * The stored hash: parameters, salt and key (base64url), separated by `$`. `salt`: SALT_BYTES, cryptographically
 * random.
 */
export async function hashReadingWord(word: string, salt: Uint8Array): Promise<string> {
  const key = await derive(word, salt, COST)
  const { N, r, p } = COST
  return ['scrypt', N, r, p, encode(salt), encode(key)].join('$')
}

/** Whether the normalised word matches the stored hash, in constant time. A damaged hash never matches. */
export async function isReadingWord(word: string, stored: string): Promise<boolean> {
  const [name, N, r, p, salt, key] = stored.split('$')
  if (name !== 'scrypt' || salt === undefined || key === undefined) return false
  const right = Buffer.from(key, 'base64url')
  const given = await derive(word, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    maxmem: COST.maxmem,
  })
  return given.length === right.length && timingSafeEqual(given, right)
}

function derive(word: string, salt: Uint8Array, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(word, salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

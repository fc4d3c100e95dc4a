import { hash } from 'node:crypto'

/** Block size of SHA-256 (FIPS 180-4). */
const BLOCK_BYTES = 64
const HASH_BYTES = 32
const [INNER_PAD, OUTER_PAD] = [0x36, 0x5c]
/** Longer data is allocated separately. */
const DATA_BYTES = 512

/** The inner and outer padded key, each with room for what is hashed after it. */
interface PaddedKey {
  readonly inner: Buffer
  readonly outer: Buffer
}

const padded = new WeakMap<Uint8Array, PaddedKey>()

/**
 * HMAC-SHA256 (RFC 2104), 32 bytes. Uses two one-shot hashes, because creating Node's Hmac object costs twice as much
 * as hashing the content of a link. Do not modify a key after its first use.
 */
export function mac(key: Uint8Array, data: string | Uint8Array): Buffer {
  const { inner, outer } = paddedKey(key)
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  const message =
    bytes.length > DATA_BYTES ? Buffer.alloc(BLOCK_BYTES + bytes.length, inner.subarray(0, BLOCK_BYTES)) : inner
  message.set(bytes, BLOCK_BYTES)
  // A binary string is the fastest form of a hash.
  outer.write(hash('sha256', message.subarray(0, BLOCK_BYTES + bytes.length), 'binary'), BLOCK_BYTES, 'latin1')
  return Buffer.from(hash('sha256', outer, 'binary'), 'latin1')
}

function paddedKey(key: Uint8Array): PaddedKey {
  let made = padded.get(key)
  if (made === undefined) {
    const short = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key
    made = {
      inner: paddedBlock(short, INNER_PAD, BLOCK_BYTES + DATA_BYTES),
      outer: paddedBlock(short, OUTER_PAD, BLOCK_BYTES + HASH_BYTES),
    }
    padded.set(key, made)
  }
  return made
}

function paddedBlock(key: Uint8Array, pad: number, size: number): Buffer {
  const block = Buffer.alloc(size)
  for (let at = 0; at < BLOCK_BYTES; at += 1) block[at] = (key[at] ?? 0) ^ pad
  return block
}

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** Node looks a plain key over at each use, which costs five times what the hash does; an imported one it knows. */
const imported = new WeakMap<Uint8Array, KeyObject>()

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export function mac(key: Uint8Array, data: string | Uint8Array): Buffer {
  let known = imported.get(key)
  if (known === undefined) {
    known = createSecretKey(key)
    imported.set(key, known)
  }
  return createHmac('sha256', known).update(data).digest()
}

import { createSecretKey, type KeyObject } from 'node:crypto'

const imported = new WeakMap<Uint8Array, KeyObject>()

/**
 * Converts the key to Node's KeyObject once: converting the bytes for each use costs several times as much as the
 * operation.
 */
export function secretKey(bytes: Uint8Array): KeyObject {
  let key = imported.get(bytes)
  if (key === undefined) {
    key = createSecretKey(bytes)
    imported.set(bytes, key)
  }
  return key
}

import { createSecretKey, type KeyObject } from 'node:crypto'

const imported = new WeakMap<Uint8Array, KeyObject>()

/** The same key as Node's own object. Node looks plain bytes over at each use, which costs several times what is done with them. */
export function secretKey(bytes: Uint8Array): KeyObject {
  let key = imported.get(bytes)
  if (key === undefined) {
    key = createSecretKey(bytes)
    imported.set(bytes, key)
  }
  return key
}

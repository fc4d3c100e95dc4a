import { createCipheriv, createDecipheriv } from 'node:crypto'
import { AppError } from '../errors.ts'
import { mac } from './mac.ts'
import { secretKey } from './secret-key.ts'

/** Format: one version byte, a 96-bit nonce, the ciphertext, and a 128-bit tag (AES-256-GCM, NIST SP 800-38D). */
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/**
 * Encrypts what learners write with a data key per learner, which is stored wrapped by `wrappingKey` (256 bits). Keys
 * are bound to their learner, and texts to learner and `context`; elsewhere they cannot be decrypted. Failures throw
 * AppError 'misconfigured'. `randomBytes` must be cryptographically secure.
 */
export function createSealer(wrappingKey: Uint8Array, randomBytes: (size: number) => Uint8Array) {
  if (wrappingKey.length !== KEY_BYTES) throw new RangeError('The wrapping key must have 256 bits.')

  /**
   * Unwrapped keys, cached by the identity of the wrapped key's object: for that object, learner and content are known
   * to be unchanged. A key read from the database again is another object.
   */
  const known = new WeakMap<Uint8Array, { readonly learnerId: number; readonly dataKey: Uint8Array }>()

  function unwrap(wrappedKey: Uint8Array, learnerId: number): Uint8Array {
    const before = known.get(wrappedKey)
    if (before?.learnerId === learnerId) return before.dataKey
    const dataKey = decrypt(wrappingKey, keyIdentity(learnerId), wrappedKey)
    if (dataKey?.length === KEY_BYTES) {
      known.set(wrappedKey, { learnerId, dataKey })
      return dataKey
    }
    throw new AppError(
      'misconfigured',
      'A data key cannot be decrypted with this SECRET_KEY. Use the key it was created with.',
    )
  }

  return {
    /** A new data key, wrapped, to be stored with the learner. Do not modify its bytes while it is in use. */
    newDataKey(learnerId: number): Uint8Array {
      const dataKey = randomBytes(KEY_BYTES)
      const wrapped = encrypt(wrappingKey, keyIdentity(learnerId), dataKey, randomBytes(NONCE_BYTES))
      known.set(wrapped, { learnerId, dataKey })
      return wrapped
    },

    seal(wrappedKey: Uint8Array, learnerId: number, context: string, plain: string): Uint8Array {
      const dataKey = unwrap(wrappedKey, learnerId)
      return encrypt(dataKey, textIdentity(learnerId, context), Buffer.from(plain, 'utf8'), randomBytes(NONCE_BYTES))
    },

    open(wrappedKey: Uint8Array, learnerId: number, context: string, sealed: Uint8Array): string {
      const plain = decrypt(unwrap(wrappedKey, learnerId), textIdentity(learnerId, context), sealed)
      if (plain) return plain.toString('utf8')
      throw new AppError(
        'misconfigured',
        'Stored text cannot be decrypted: it was modified, or moved from another record.',
      )
    },
  }
}

/** Encrypted names are padded to a multiple of this many bytes. */
const NAME_STEP = 48

/**
 * Deterministic encryption of short names with one key: the same name in the same context has the same ciphertext, so
 * that rows can be found by it. The nonce is a keyed hash of both (as in RFC 8452, it repeats only with the plaintext).
 * `nonceKey` must be another key. Failures throw AppError 'misconfigured'.
 */
export function createNameSealer(key: Uint8Array, nonceKey: Uint8Array) {
  return {
    /** base64url. */
    seal(context: string, name: string): string {
      const bytes = Buffer.byteLength(name)
      const padded = name + ' '.repeat(Math.max(1, Math.ceil(bytes / NAME_STEP)) * NAME_STEP - bytes)
      const nonce = mac(nonceKey, JSON.stringify([context, padded])).subarray(0, NONCE_BYTES)
      return Buffer.from(encrypt(key, context, Buffer.from(padded), nonce)).toString('base64url')
    },

    open(context: string, sealed: string): string {
      const plain = decrypt(key, context, Buffer.from(sealed, 'base64url'))
      if (plain) return plain.toString().trimEnd()
      throw new AppError(
        'misconfigured',
        'A stored name cannot be decrypted: SECRET_KEY is not the one it was created with.',
      )
    },
  }
}

/**
 * Encrypts bytes that belong to no learner with `key` (256 bits), bound to `context`. `randomBytes` must be
 * cryptographically secure.
 */
export function sealBytes(
  key: Uint8Array,
  context: string,
  plain: Uint8Array,
  randomBytes: (size: number) => Uint8Array,
): Uint8Array {
  return encrypt(key, bytesIdentity(context), plain, randomBytes(NONCE_BYTES))
}

/** Decrypts the output of `sealBytes`. Failures throw AppError 'misconfigured'. */
export function openBytes(key: Uint8Array, context: string, sealed: Uint8Array): Buffer {
  const plain = decrypt(key, bytesIdentity(context), sealed)
  if (plain) return plain
  throw new AppError(
    'misconfigured',
    'A stored report cannot be decrypted: SECRET_KEY has changed, or the report was modified.',
  )
}

function bytesIdentity(context: string): string {
  return `bytes: ${context}`
}

function keyIdentity(learnerId: number): string {
  return `data key of learner ${learnerId}`
}

function textIdentity(learnerId: number, context: string): string {
  return `text of learner ${learnerId}: ${context}`
}

function encrypt(key: Uint8Array, identity: string, plain: Uint8Array, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', secretKey(key), nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated(identity))
  const text = cipher.update(plain)
  cipher.final()
  return Buffer.concat([Buffer.from([VERSION]), nonce, text, cipher.getAuthTag()])
}

function decrypt(key: Uint8Array, identity: string, sealed: Uint8Array): Buffer | null {
  const tagAt = sealed.length - TAG_BYTES
  if (sealed[0] !== VERSION || tagAt < 1 + NONCE_BYTES) return null
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', secretKey(key), nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(associated(identity))
  decipher.setAuthTag(sealed.subarray(tagAt))
  try {
    const text = decipher.update(sealed.subarray(1 + NONCE_BYTES, tagAt))
    // Only checks the tag: GCM is a stream cipher, so no output is left.
    decipher.final()
    return text
  } catch {
    return null
  }
}

/** The version is authenticated, so that it cannot be changed. */
function associated(identity: string): Buffer {
  return Buffer.from(String.fromCharCode(VERSION) + identity, 'utf8')
}

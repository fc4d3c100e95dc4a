import { createPrivateKey, hash, type KeyObject, sign } from 'node:crypto'
import { AppError } from '../../core/errors.ts'

export interface DkimKey {
  readonly domain: string
  readonly selector: string
  /** A private key: RSA with at least 1024 bits (2048 recommended) or Ed25519. */
  readonly key: KeyObject
}

/**
 * Fields signed in every email: those that RFC 6376 section 5.4.1 names, and the list fields, as RFC 8058 section 4
 * requires. Fields that a forger could add again are listed twice, so that an addition breaks the signature.
 */
const SIGNED = [
  'from',
  'from',
  'to',
  'to',
  'reply-to',
  'reply-to',
  'subject',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-language',
  'auto-submitted',
  'feedback-id',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
] as const

export type SignedName = (typeof SIGNED)[number]

/** A message has each field once, and a name without a remaining field adds nothing (RFC 6376 section 5.4.2). */
const SIGNED_ONCE: readonly SignedName[] = [...new Set(SIGNED)]

/**
 * Reads the private key from PEM text, once, because parsing costs more than signing. `keyFile` is named in errors.
 * Fails with `misconfigured` and how to fix it.
 */
export function readDkimKey(
  { domain, selector, keyFile }: { readonly domain: string; readonly selector: string; readonly keyFile: string },
  pem: string,
): DkimKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    const fix = 'Put a private key without a passphrase there: openssl genrsa -out dkim.pem 2048'
    throw new AppError(
      'misconfigured',
      `DKIM_KEY_FILE (${keyFile}) does not contain a private key in PEM format. ${fix}`,
      {
        cause,
      },
    )
  }
  checkDkimKey({ domain, selector, key })
  return { domain, selector, key }
}

/** Fails with `misconfigured` for a key that mailbox providers would not accept. */
function checkDkimKey({ domain, selector, key }: DkimKey): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  const fit = key.type === 'private' && (key.asymmetricKeyType === 'ed25519' || isRsa(key))
  if (!fit) {
    const fix = 'Make an RSA key of 2048 bits or an Ed25519 key and name its PEM file in DKIM_KEY_FILE.'
    throw new AppError('misconfigured', `The DKIM key is neither a private RSA key nor a private Ed25519 key. ${fix}`)
  }
  if (isRsa(key) && bits < 1024) {
    const fix = 'Make one of 2048 bits: openssl genrsa -out dkim.pem 2048'
    throw new AppError('misconfigured', `The DKIM key has ${bits} bits, which receivers refuse (RFC 8301). ${fix}`)
  }
  const name = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i
  if (!name.test(domain) || !name.test(selector)) {
    throw new AppError('misconfigured', 'DKIM_DOMAIN and DKIM_SELECTOR must be host names, as "example.org" and "s1".')
  }
}

/** Creates the DKIM-Signature fields of one key: relaxed/relaxed (RFC 6376), Ed25519 as in RFC 8463. */
export interface Signer {
  /** Upper bound for the length of a signature, bytes. */
  readonly longest: number
  /**
   * Returns the field with its CRLF, to be placed above the message. `fields` holds the signed form of each header
   * field that the message has once, `bodyHash` is the SHA-256 of the relaxed body in base64, `at` is in ms since the
   * epoch.
   *
   * The same input gives the same bytes: RSA with PKCS #1 v1.5 and Ed25519 use no random numbers, and the only time in
   * the signature is `at`. Signing runs in libuv's thread pool, which costs this thread less even for Ed25519.
   */
  sign(fields: SignedFields, bodyHash: string, at: number): Promise<string>
}

export type SignedFields = Readonly<Record<SignedName, { readonly signed: string }>>

/** Fails with `misconfigured` for a key that cannot be used. */
export function createSigner(dkim: DkimKey): Signer {
  checkDkimKey(dkim)
  const { domain, selector, key } = dkim
  const rsa = isRsa(key)
  const head = `v=1; a=${rsa ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};`
  const names = SIGNED.join(':').replace(/(.{40,60}:)(?=.)/g, '$1\r\n  ')
  const unsigned = (at: number, bodyHash: string) =>
    `DKIM-Signature: ${head}\r\n t=${Math.floor(at / 1000)}; bh=${bodyHash};\r\n h=${names};\r\n b=`
  const signedNames = names.replace(/\s+/g, ' ')
  const complete = (start: string, signature: Buffer) => `${start}${folded(signature.toString('base64'))}\r\n`
  const signatureBytes = rsa ? Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) : 64
  return {
    longest: complete(unsigned(-8.64e15, 'x'.repeat(44)), Buffer.alloc(signatureBytes)).length,
    async sign(fields, bodyHash, at) {
      let text = ''
      for (const name of SIGNED_ONCE) text += fields[name].signed
      text += `dkim-signature:${head} t=${Math.floor(at / 1000)}; bh=${bodyHash}; h=${signedNames}; b=`
      // RFC 8463 section 3: Ed25519 signs the SHA-256 hash of the data, not the data.
      const signature = rsa
        ? await signOffThread('sha256', Buffer.from(text), key)
        : await signOffThread(null, hash('sha256', text, 'buffer'), key)
      return complete(unsigned(at, bodyHash), signature)
    },
  }
}

function folded(base64: string): string {
  let lines = base64.slice(0, 72)
  for (let at = 72; at < base64.length; at += 72) lines += `\r\n ${base64.slice(at, at + 72)}`
  return lines
}

function signOffThread(algorithm: string | null, data: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(algorithm, data, key, (error, signature) => (error ? reject(error) : resolve(signature)))
  })
}

function isRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa'
}

import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { AppError } from '../core/errors.ts'

export interface DkimKey {
  readonly domain: string
  readonly selector: string
  /** A private key, RSA of 1024 bits or more (2048 is right) or Ed25519. */
  readonly key: KeyObject
}

/**
 * Signed in every mail: the fields RFC 6376 section 5.4.1 names, and the list fields, as RFC 8058 section 4 demands.
 * Fields a forger could add a second time are named twice, so that an addition breaks the signature.
 */
const SIGNED = [
  'from',
  'from',
  'to',
  'to',
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
]

/**
 * Reads the private key from PEM text, once: parsing costs more than signing. `keyFile` is named in errors.
 * Fails with `misconfigured` and the cure.
 */
export function readDkimKey(
  { domain, selector, keyFile }: { readonly domain: string; readonly selector: string; readonly keyFile: string },
  pem: string,
): DkimKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    const cure = 'Put a private key without a passphrase there: openssl genrsa -out dkim.pem 2048'
    throw new AppError('misconfigured', `DKIM_KEY_FILE (${keyFile}) holds no private key in PEM form. ${cure}`, {
      cause,
    })
  }
  checkDkimKey({ domain, selector, key })
  return { domain, selector, key }
}

/** Fails with `misconfigured` for a key that mailbox providers would not accept. */
export function checkDkimKey({ domain, selector, key }: DkimKey): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  const fit = key.type === 'private' && (key.asymmetricKeyType === 'ed25519' || isRsa(key))
  if (!fit) {
    const cure = 'Make an RSA key of 2048 bits or an Ed25519 key and name its PEM file in DKIM_KEY_FILE.'
    throw new AppError('misconfigured', `The DKIM key is neither a private RSA key nor a private Ed25519 key. ${cure}`)
  }
  if (isRsa(key) && bits < 1024) {
    const cure = 'Make one of 2048 bits: openssl genrsa -out dkim.pem 2048'
    throw new AppError('misconfigured', `The DKIM key has ${bits} bits, which receivers refuse (RFC 8301). ${cure}`)
  }
  const name = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i
  if (!name.test(domain) || !name.test(selector)) {
    throw new AppError('misconfigured', 'DKIM_DOMAIN and DKIM_SELECTOR must be host names, as "example.org" and "s1".')
  }
}

/**
 * Puts a DKIM-Signature above the message: relaxed/relaxed, RFC 6376; Ed25519 by RFC 8463. `message` has CRLF line
 * ends. The same input gives the same bytes: RSA with PKCS #1 v1.5 and Ed25519 use no random numbers, and there is
 * no time in the signature but the one given (`at`, ms since the epoch).
 */
export function signMessage(message: Buffer, { domain, selector, key }: DkimKey, at: number): Buffer {
  const split = message.indexOf('\r\n\r\n')
  const fields = headerFields(message.subarray(0, split).toString('latin1'))
  const bodyHash = createHash('sha256')
    .update(relaxedBody(message.subarray(split + 4)))
    .digest('base64')
  const names = SIGNED.filter((name) => fields.some((field) => field.name === name))
  const rsa = isRsa(key)
  const unsigned =
    `DKIM-Signature: v=1; a=${rsa ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};\r\n` +
    ` t=${Math.floor(at / 1000)}; bh=${bodyHash};\r\n h=${names.join(':').replace(/(.{40,60}:)(?=.)/g, '$1\r\n  ')};\r\n b=`
  const data = Buffer.from(`${signedFields(fields, names)}dkim-signature:${relaxedValue(unsigned)}`, 'latin1')
  // RFC 8463 section 3: Ed25519 signs the SHA-256 hash of the data, not the data.
  const signature = rsa ? sign('sha256', data, key) : sign(null, createHash('sha256').update(data).digest(), key)
  const folded = signature.toString('base64').replace(/(.{72})(?=.)/g, '$1\r\n ')
  return Buffer.concat([Buffer.from(`${unsigned}${folded}\r\n`, 'latin1'), message])
}

interface HeaderField {
  readonly name: string
  readonly line: string
}

function headerFields(header: string): HeaderField[] {
  return header
    .split(/\r\n(?![ \t])/)
    .map((line) => ({ name: line.slice(0, line.indexOf(':')).trim().toLowerCase(), line }))
}

/** Fields from the bottom up; a name that has no field left adds nothing (RFC 6376 section 5.4.2). */
function signedFields(fields: readonly HeaderField[], names: readonly string[]): string {
  const left = [...fields]
  let data = ''
  for (const name of names) {
    const index = left.findLastIndex((field) => field.name === name)
    if (index < 0) continue
    const [field] = left.splice(index, 1)
    data += `${name}:${relaxedValue(field?.line ?? '')}\r\n`
  }
  return data
}

function relaxedValue(line: string): string {
  return line
    .slice(line.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')
}

/** RFC 6376 section 3.4.4. */
function relaxedBody(body: Buffer): Buffer {
  const text = body
    .toString('latin1')
    .replace(/[ \t]+(?=\r\n|$)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(\r\n)*$/, '')
  return Buffer.from(text === '' ? '' : `${text}\r\n`, 'latin1')
}

function isRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa'
}

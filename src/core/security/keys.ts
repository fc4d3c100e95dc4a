import { hkdfSync } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { mailboxOf } from '../sign-up/mailbox.ts'
import { LINK_PURPOSES, type LinkKeys } from './link-token.ts'
import { mac } from './mac.ts'

/** Everything derived from SECRET_KEY. Each key is 256 bits and serves one purpose only. */
export interface SecretKeys extends LinkKeys {
  /** Wraps the learners' data keys. */
  readonly wrapping: Uint8Array
  /** Turns addresses into keys to look them up by, so that a list of keys gives no address away. */
  readonly addresses: Uint8Array
  /** The same for mailboxes, whatever the spelling: for limits alone. */
  readonly mailboxes: Uint8Array
  /** Turns a stored nonce into the token that is mailed. */
  readonly confirmTokens: Uint8Array
  /** Turns a delivery's id into the local part of its Message-ID. */
  readonly messageIds: Uint8Array
  /** Signs the addresses that reports on a delivery come back to. */
  readonly returnPaths: Uint8Array
  /** Encrypts the names of fields that answers are stored under, and makes the nonces for it. */
  readonly fieldNames: Uint8Array
  readonly fieldNonces: Uint8Array
  /** Seals reports on sent mail until they are applied. */
  readonly reports: Uint8Array
}

const KEY_BYTES = 32
/** RFC 5869 section 3.1: any fixed value; what keeps the keys apart is the purpose given as `info`. */
const SALT = 'email course keys, version 1'

/** Derives every key from SECRET_KEY by HKDF-SHA256 (RFC 5869). The same secret always gives the same keys. */
export function deriveKeys(secret: string): SecretKeys {
  if (secret === '') throw new RangeError('The secret is empty.')
  const derive = (info: string) => new Uint8Array(hkdfSync('sha256', secret, SALT, info, KEY_BYTES))
  const links = new Map<string, Uint8Array>(
    Object.keys(LINK_PURPOSES).map((purpose) => [purpose, derive(`link ${purpose}`)]),
  )

  return {
    of(purpose) {
      const key = links.get(purpose)
      if (!key) throw new RangeError(`There is no key for ${purpose}.`)
      return key
    },
    wrapping: derive('data key wrapping'),
    addresses: derive('address keys'),
    mailboxes: derive('mailbox limits'),
    confirmTokens: derive('confirmation tokens'),
    messageIds: derive('message ids'),
    returnPaths: derive('return paths'),
    fieldNames: derive('field names'),
    fieldNonces: derive('field name nonces'),
    reports: derive('reports'),
  }
}

/**
 * The key an address is stored and suppressed under: a keyed hash of its normal form, base64url.
 * Two spellings that reach one person (case, Unicode form, domain in Unicode or ASCII) give one key.
 */
export function addressKey(keys: Pick<SecretKeys, 'addresses'>, address: string): string {
  return mac(keys.addresses, normaliseAddress(address)).toString('base64url')
}

/**
 * The key that limits of a mailbox are kept under: a keyed hash, base64url, one for all spellings that reach it. Suppressions
 * keep to `addressKey`: the hashes that are stored must stay valid.
 */
export function mailboxKey(keys: Pick<SecretKeys, 'mailboxes'>, address: string): string {
  return mac(keys.mailboxes, mailboxOf(address)).toString('base64url')
}

/**
 * RFC 5321 section 2.4 lets servers tell local parts apart by case, but hardly any does,
 * and a suppressed person must not be reached by another spelling.
 */
function normaliseAddress(address: string): string {
  const text = address.trim().normalize('NFC')
  const at = text.lastIndexOf('@')
  const domain = text.slice(at + 1)
  return `${text.slice(0, at).toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`
}

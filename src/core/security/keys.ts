import { hkdfSync } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { mailboxOf } from '../sign-up/mailbox.ts'
import { LINK_PURPOSES, type LinkKeys } from './link-token.ts'
import { mac } from './mac.ts'

/** All keys derived from SECRET_KEY. Each has 256 bits and a single purpose. */
export interface SecretKeys extends LinkKeys {
  /** Wraps learners' data keys. */
  readonly wrapping: Uint8Array
  /** Hashes addresses for lookup, so that the hashes reveal no address. */
  readonly addresses: Uint8Array
  /** Hashes mailboxes regardless of spelling; for limits only. */
  readonly mailboxes: Uint8Array
  /** Derives emailed tokens from stored nonces. */
  readonly confirmTokens: Uint8Array
  /** Derives the local part of a Message-ID from a delivery's id. */
  readonly messageIds: Uint8Array
  /** Signs the return-path addresses of deliveries. */
  readonly returnPaths: Uint8Array
  /** Signs the addresses that learners reply to. */
  readonly replies: Uint8Array
  /** Encrypts the field names that answers are stored under, and derives the nonces. */
  readonly fieldNames: Uint8Array
  readonly fieldNonces: Uint8Array
  /** Encrypts reports until they are applied. */
  readonly reports: Uint8Array
  /** Derives recovery codes, and the hashes they are found by. */
  readonly recovery: Uint8Array
  /** Hashes the lines of the audit log. */
  readonly audit: Uint8Array
}

const KEY_BYTES = 32
/** RFC 5869 section 3.1: any fixed value; the keys differ by the purpose given as `info`. */
const SALT = 'email course keys, version 1'

/** Derives every key from SECRET_KEY with HKDF-SHA256 (RFC 5869); deterministic. */
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
    replies: derive('reply addresses'),
    fieldNames: derive('field names'),
    fieldNonces: derive('field name nonces'),
    reports: derive('reports'),
    recovery: derive('recovery codes'),
    audit: derive('audit log'),
  }
}

/**
 * The key under which an address is stored and suppressed: a keyed hash of its normal form, base64url. Spellings that
 * differ in case, Unicode form, or a domain in Unicode or ASCII have the same key.
 */
export function addressKey(keys: Pick<SecretKeys, 'addresses'>, address: string): string {
  return mac(keys.addresses, normaliseAddress(address)).toString('base64url')
}

/**
 * The key for limits per mailbox: a keyed hash, base64url, the same for all spellings that reach it. Suppressions use
 * `addressKey`, whose stored hashes must stay valid.
 */
export function mailboxKey(keys: Pick<SecretKeys, 'mailboxes'>, address: string): string {
  return mac(keys.mailboxes, mailboxOf(address)).toString('base64url')
}

/**
 * RFC 5321 section 2.4 allows case-sensitive local parts, but hardly any server has them, and a suppressed person must
 * not be reached by another spelling.
 */
function normaliseAddress(address: string): string {
  const text = address.trim().normalize('NFC')
  const at = text.lastIndexOf('@')
  const domain = text.slice(at + 1)
  return `${text.slice(0, at).toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`
}

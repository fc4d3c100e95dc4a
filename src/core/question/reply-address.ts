import type { SecretKeys } from '../security/keys.ts'
import { idTag, readIdTag } from '../security/mac-letters.ts'

type Keys = Pick<SecretKeys, 'replies'>

/** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2: 64 octets, an @ and 255 octets. */
const MAX_ADDRESS_LENGTH = 320

/**
 * The address in Reply-To of one delivery: an answer to it is a question about that email. It does not expire, because
 * people answer an email that they find again months later.
 */
export function replyAddress(keys: Keys, deliveryId: number, domain: string): string {
  return `reply+${idTag(keys.replies, 'reply', deliveryId)}@${domain}`
}

/** The delivery that an address of `domain` stands for, in any case; null for an address that was not issued. */
export function readReplyAddress(keys: Keys, address: string, domain: string): number | null {
  if (address.length > MAX_ADDRESS_LENGTH) return null
  const at = address.lastIndexOf('@')
  if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return null
  const tag = /^reply\+(.{1,40})$/.exec(address.slice(0, at).toLowerCase())?.[1]
  return tag === undefined ? null : readIdTag(keys.replies, 'reply', tag)
}

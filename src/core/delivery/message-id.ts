import type { SecretKeys } from '../security/keys.ts'
import { mac } from '../security/mac.ts'

/**
 * The Message-ID (RFC 5322, section 3.6.4) of a delivery, without angle brackets. The same row always has the same one, so
 * a resent copy can be recognised; it tells neither the learner nor the course, and nobody can make one up. It begins with
 * the row's number: whatever keeps Message-IDs in order then adds each new one beside the last, not anywhere.
 */
export function messageIdOf(keys: Pick<SecretKeys, 'messageIds'>, deliveryId: number, host: string): string {
  const number = deliveryId.toString(36).padStart(8, '0')
  const proof = mac(keys.messageIds, String(deliveryId)).toString('base64url').slice(0, 22)
  return `${number}.${proof}@${host}`
}

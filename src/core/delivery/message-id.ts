import type { SecretKeys } from '../security/keys.ts'
import { mac } from '../security/mac.ts'

/**
 * The Message-ID (RFC 5322, section 3.6.4) of a delivery, without angle brackets. It is deterministic, so that a resent
 * copy can be recognised, reveals neither learner nor course, and cannot be guessed. It begins with the row id, so that
 * indexes on Message-IDs receive new values in order.
 */
export function messageIdOf(keys: Pick<SecretKeys, 'messageIds'>, deliveryId: number, host: string): string {
  const number = deliveryId.toString(36).padStart(8, '0')
  const proof = mac(keys.messageIds, String(deliveryId)).toString('base64url').slice(0, 22)
  return `${number}.${proof}@${host}`
}

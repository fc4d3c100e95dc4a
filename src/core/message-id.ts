import type { SecretKeys } from './keys.ts'
import { mac } from './mac.ts'

/**
 * The Message-ID (RFC 5322, section 3.6.4) of a delivery, without angle brackets. The same row always has the same one, so
 * a resent copy can be recognised; it tells neither the learner nor the course.
 */
export function messageIdOf(keys: Pick<SecretKeys, 'messageIds'>, deliveryId: number, publicUrl: string): string {
  const local = mac(keys.messageIds, String(deliveryId)).toString('base64url').slice(0, 22)
  return `${local}@${new URL(publicUrl).hostname}`
}

import { DELIVERY_KINDS } from '../core/delivery/email-kinds.ts'
import type { DeliveryKind } from '../core/model.ts'

/** Separate queues, so that an email somebody is waiting for is not stuck behind an hour's lessons. */
export const LESSONS = 'lessons'
export const NOTICES = 'notices'
export const SWEEP = 'sweep'

export function queueOf(kind: DeliveryKind): typeof LESSONS | typeof NOTICES {
  return DELIVERY_KINDS[kind].onRequest === null ? LESSONS : NOTICES
}

/** Only the delivery's id; everything else is in the database. */
export interface WakeUpJob {
  readonly deliveryId: number
}

/** One job per row and due time. BullMQ rejects `:` and ids that are all digits. */
export function jobIdOf(delivery: { id: number; dueAt: number }): string {
  return `delivery-${delivery.id}-${delivery.dueAt}`
}

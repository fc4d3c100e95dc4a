import { DELIVERY_KINDS } from '../core/delivery/email-kinds.ts'
import type { DeliveryKind } from '../core/model.ts'

/** Emails that somebody waits for do not queue behind the lessons of an hour. */
export const LESSONS = 'lessons'
export const NOTICES = 'notices'
export const SWEEP = 'sweep'

export function queueOf(kind: DeliveryKind): typeof LESSONS | typeof NOTICES {
  return DELIVERY_KINDS[kind].onRequest === null ? LESSONS : NOTICES
}

/** A job is a wake-up call: the delivery's id and nothing else. */
export interface WakeUpJob {
  readonly deliveryId: number
}

/** One job for one due time of one row. BullMQ refuses `:` and ids that are all digits. */
export function jobIdOf(delivery: { id: number; dueAt: number }): string {
  return `delivery-${delivery.id}-${delivery.dueAt}`
}

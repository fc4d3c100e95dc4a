import type { DeliveryKind } from '../core/model.ts'

/** Lessons by the hour, and mails that somebody waits for, do not stand in one line. */
export const LESSONS = 'lessons'
export const NOTICES = 'notices'
export const SWEEP = 'sweep'

export function queueOf(kind: DeliveryKind): typeof LESSONS | typeof NOTICES {
  return kind === 'sign-up' || kind === 'reading-link' || kind === 'erase-link' ? NOTICES : LESSONS
}

/** A job is a wake-up call: the delivery's id and nothing else. */
export interface WakeUpJob {
  readonly deliveryId: number
}

/** One job for one due time of one row. BullMQ refuses `:` and ids that are all digits. */
export function jobIdOf(delivery: { id: number; dueAt: number }): string {
  return `delivery-${delivery.id}-${delivery.dueAt}`
}

import type { Delivery, Enrolment } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Whether a reminder may follow this delivery. */
export function isFollowedByReminder(row: Delivery, enrolment: Enrolment | null): boolean {
  return row.kind === 'lesson' && enrolment !== null && enrolment.reminderHour !== null && !enrolment.webOnly
}

/**
 * Plans the reminder of a lesson that was sent, for a learner who asked for one, within the caller's transaction: at
 * their evening hour of that local day. None if that hour has passed.
 */
export async function planReminder(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  row: Delivery,
  now: number,
): Promise<void> {
  const enrolment = row.enrolmentId === null ? null : await unit.enrolments.byId(row.enrolmentId)
  if (enrolment?.state !== 'active' || enrolment.reminderHour === null || !isFollowedByReminder(row, enrolment)) return
  const today = ports.calendar.localDayWindow(enrolment, now)
  const dueAt = ports.calendar.firstSendTime({ ...enrolment, hour: enrolment.reminderHour, pace: 'daily' }, now)
  if (dueAt >= today.end) return
  const { learnerId, id: enrolmentId } = enrolment
  await unit.deliveries.plan([{ learnerId, kind: 'reminder', enrolmentId, signUpId: null, day: null, dueAt }], now)
}

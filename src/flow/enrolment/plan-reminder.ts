import type { Delivery, Enrolment } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Whether a reminder may follow this delivery. */
export function isFollowedByReminder(row: Delivery, enrolment: Enrolment | null): boolean {
  return row.kind === 'lesson' && enrolment !== null && enrolment.reminderHour !== null && !enrolment.webOnly
}

/** Whether reminders can come at all, if they are asked for. */
export function mayBeReminded({ state, webOnly }: Pick<Enrolment, 'state' | 'webOnly'>): boolean {
  return state === 'active' && !webOnly
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

/**
 * Moves the reminder of today's lesson to the hour that was just chosen, or calls it off, within the caller's transaction
 * and after its update of the enrolment, which other requests wait for. One that was sent stays the only one of its day.
 */
export async function replanReminder(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  changed: Enrolment,
  now: number,
): Promise<void> {
  const today = ports.calendar.localDayWindow(changed, now)
  const rows = await unit.deliveries.ofEnrolment(changed.id)
  const cameToday = ({ firstHandoverAt: at }: Delivery) => at !== null && at >= today.start && at <= now
  const reminders = rows.filter(({ kind }) => kind === 'reminder')
  for (const { id } of reminders) await unit.deliveries.cancelWaiting(id, 'the hour of the reminder has changed', now)
  // For one that is being sent at this moment, its result plans the reminder.
  const lesson = rows.findLast((row) => row.kind === 'lesson' && row.state === 'sent' && cameToday(row))
  if (lesson === undefined || reminders.some((row) => row.state === 'leased' || cameToday(row))) return
  await planReminder(ports, unit, lesson, now)
}

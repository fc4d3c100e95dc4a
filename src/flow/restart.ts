import type { Delivery, Enrolment } from '../core/model.ts'
import { findByStopLink } from './find-by-link.ts'
import type { Ports, Repositories } from './ports.ts'
import { nextSlots } from './slots.ts'
import { viewStop } from './stop.ts'
import type { StopView } from './views.ts'

/** Starts a stopped course again where it stopped, the next lesson at the learner's next hour. Repeated, it changes nothing. */
export async function restart(ports: Ports, token: string): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  const planned = await ports.store.transaction(async (unit) => {
    if (found.kind === 'enrolment') return resume(ports, unit, found.enrolment, now)
    await unit.signUps.decline(found.signUp.id, null)
    return []
  })
  await ports.wakeUps.plan(planned)
  return viewStop(ports, token)
}

/** Within the caller's transaction: active again, and what was cancelled planned anew from the next slot on. */
export async function resume(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  now: number,
): Promise<readonly Delivery[]> {
  if (!(await unit.enrolments.move(enrolment.id, 'stopped', 'active', now))) return []
  const rows = await unit.deliveries.ofEnrolment(enrolment.id)
  const cancelled = rows.filter((row) => row.state === 'cancelled')
  const slots = nextSlots(ports.calendar, enrolment, {
    now,
    sentToday: await unit.deliveries.sentWithin(enrolment.id, 0, ports.calendar.dayOf(enrolment, now)),
    count: cancelled.length,
  })
  const planned: Delivery[] = []
  for (const [index, row] of cancelled.entries()) {
    const dueAt = slots[index] as number
    if (await unit.deliveries.replan(row.id, dueAt)) planned.push({ ...row, state: 'planned', dueAt })
  }
  return planned
}

import type { Delivery } from '../core/model.ts'
import { findByLessonLink } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import { nextSlots } from './slots.ts'
import type { WeekView } from './views.ts'
import { viewWeek } from './week.ts'

/** Moves the lessons still to come to another hour or time zone (IANA), one a local day as before. */
export async function changeSettings(
  ports: Ports,
  token: string,
  settings: { timeZone: string; hour: number },
): Promise<WeekView> {
  const { enrolment, course } = await findByLessonLink(ports, token)
  const changed = { ...enrolment, ...settings }
  const now = ports.clock.now()

  const moved = await ports.store.transaction(async (unit) => {
    await unit.enrolments.setPreferences(enrolment.id, settings)
    const rows = await unit.deliveries.ofEnrolment(enrolment.id)
    // What is due already keeps its turn; only what waits for an hour follows the new one.
    const waiting = rows.filter((row) => row.state === 'planned' && row.dueAt > now)
    const slots = nextSlots(ports.calendar, changed, {
      now,
      sentToday: await unit.deliveries.sentWithin(enrolment.id, 0, ports.calendar.dayOf(changed, now)),
      count: waiting.length,
    })
    const planned: Delivery[] = []
    for (const [index, row] of waiting.entries()) {
      const dueAt = slots[index] as number
      if (await unit.deliveries.postpone(row.id, dueAt)) planned.push({ ...row, dueAt })
    }
    return planned
  })
  await ports.wakeUps.plan(moved)
  return viewWeek(ports, course, changed, { links: true })
}

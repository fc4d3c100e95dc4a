import type { Calendar, Schedule } from '../../core/delivery/calendar.ts'

/**
 * The instants at which the next `count` lessons may come, one a local day, from now on. Today's hour is the first when it
 * is still ahead and today has had no lesson. Instants ms UTC; days and hours are those of the schedule.
 */
export function nextSlots(
  calendar: Calendar,
  schedule: Schedule,
  options: { now: number; sentToday: boolean; count: number },
): number[] {
  const slots: number[] = []
  const today = calendar.nextSlot(schedule, calendar.dayOf(schedule, options.now).start - 1)
  let slot = !options.sentToday && today >= options.now ? today : calendar.nextSlot(schedule, options.now)
  while (slots.length < options.count) {
    slots.push(slot)
    slot = calendar.nextSlot(schedule, slot)
  }
  return slots
}

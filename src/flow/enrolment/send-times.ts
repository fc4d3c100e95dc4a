import type { Calendar, Schedule } from '../../core/delivery/calendar.ts'

/**
 * The instants at which the next `count` lessons may come, one a local day, from now on. Today's hour is the first when it
 * is still ahead and today has had no lesson. Instants ms UTC; days and hours are those of the schedule.
 */
export function nextSendTimes(
  calendar: Calendar,
  schedule: Schedule,
  options: { now: number; sentToday: boolean; count: number },
): number[] {
  const times: number[] = []
  const today = calendar.nextSendTime(schedule, calendar.localDayWindow(schedule, options.now).start - 1)
  let time = !options.sentToday && today >= options.now ? today : calendar.nextSendTime(schedule, options.now)
  while (times.length < options.count) {
    times.push(time)
    time = calendar.nextSendTime(schedule, time)
  }
  return times
}

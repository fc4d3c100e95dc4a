import type { Calendar, Schedule } from '../../core/delivery/calendar.ts'

/**
 * The send times of the next `count` lessons, one per local day, from now on. They start today if the sending hour is
 * still ahead and no lesson was sent today. Instants are ms UTC; days and hours are local to the schedule.
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

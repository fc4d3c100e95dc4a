import type { Pace } from '../pace.ts'

/** When lessons are due. Times are ms UTC; hours and days are in the learner's zone. */
export interface Schedule {
  /** Time of confirmation, which starts day 1. */
  readonly confirmedAt: number
  /** IANA time zone. */
  readonly timeZone: string
  /** 0 to 23. */
  readonly hour: number
  /** Left out: every day. */
  readonly pace?: Pace
}

export interface DayWindow {
  readonly start: number
  readonly end: number
}

export interface Calendar {
  /** Day 1 is due at confirmation; day n at the learner's hour on the (n-1)th following local date of the pace. */
  dueAt(schedule: Schedule, day: number): number
  /** The local day containing this time, as a half-open interval. */
  localDayWindow(schedule: Schedule, instant: number): DayWindow
  /** The learner's hour on the next local date that the pace allows after a lesson at this time. */
  nextSendTime(schedule: Schedule, instant: number): number
  /** The first time from this one on at which a lesson may come, whenever the last one came. */
  firstSendTime(schedule: Schedule, instant: number): number
}

/** When lessons are due. Instants are ms since the epoch, UTC; hours and days are the learner's own. */
export interface Schedule {
  /** When the learner confirmed: the first day. */
  readonly confirmedAt: number
  /** IANA time zone. */
  readonly timeZone: string
  /** 0 to 23. */
  readonly hour: number
}

export interface DayWindow {
  readonly start: number
  readonly end: number
}

export interface Calendar {
  /** Day 1 is due at confirmation; day n at the learner's hour on the (n-1)th existing local date after it. */
  dueAt(schedule: Schedule, day: number): number
  /** The local day that holds the instant, half-open. */
  localDayWindow(schedule: Schedule, instant: number): DayWindow
  /** The learner's hour on the next local day after the one that holds the instant. */
  nextSendTime(schedule: Schedule, instant: number): number
}

import { localDateAfter, localDateOf } from '../delivery/local-date.ts'
import type { Pause } from '../model.ts'

/** The longest pause, in local days from today. */
export const MAX_PAUSE_DAYS = 90
const PROPOSED_DAYS = 7

/** Local dates on which a course that is paused now can go on, as in `2026-05-03`. */
export interface PauseDates {
  readonly first: string
  readonly last: string
  /** What the form shows first: a week from now, or the date of the pause that there is. */
  readonly proposed: string
}

/** `now` is ms UTC. */
export function pauseDatesOf(timeZone: string, pause: Pause | null, now: number): PauseDates {
  const [first, last] = [localDateAfter(timeZone, now, 1), localDateAfter(timeZone, now, MAX_PAUSE_DAYS)]
  const present = pause === null ? '' : localDateOf(timeZone, pause.until)
  return { first, last, proposed: present >= first ? present : localDateAfter(timeZone, now, PROPOSED_DAYS) }
}

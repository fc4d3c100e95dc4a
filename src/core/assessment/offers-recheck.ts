import type { Assessment } from './assessment.ts'

/**
 * Whether the whole assessment is offered again on this course day or in this week's check-in, because some route has
 * `ask-again` (days count from the first day). It is offered to everybody, so that the offer reveals no answer.
 * `lessons` is the number of course days; later offers move to the last day.
 */
export function offersRecheck(
  assessment: Assessment | null,
  at: { readonly day: number; readonly lessons: number } | { readonly checkIn: number },
): boolean {
  return (assessment?.routes ?? []).some(({ askAgain }) => {
    if (askAgain === null) return false
    if ('checkIn' in at) return askAgain.checkIn === at.checkIn
    return askAgain.days !== null && Math.min(1 + askAgain.days, at.lessons) === at.day
  })
}

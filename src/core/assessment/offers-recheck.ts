import type { Assessment } from './assessment.ts'

/**
 * Whether everyone is offered the whole assessment again on this day of the course, or in the check-in of this week: where
 * any route asks again (`ask-again`), counted from the first day. What somebody answered plays no part. `lessons` is how
 * many days the course has; what would come later comes on the last.
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

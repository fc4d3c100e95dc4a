import { isReviewDue } from '../../core/course/help-numbers.ts'
import type { Courses, Log } from '../ports/ports.ts'

/**
 * Numbers that were not reviewed for a quarter may be out of service, for people who need them most. `now` in ms UTC.
 */
export function warnOfOverdueReviews(courses: Courses, now: number, log: Log): void {
  for (const { name } of courses.all()) {
    const { helpNumbers } = courses.resourcesOf(name)
    if (helpNumbers === null || !isReviewDue(helpNumbers, now)) continue
    const fix = `Check every number, then write today's date under "reviewed:" in ${helpNumbers.file}.`
    log.warn({ course: name, reviewed: helpNumbers.reviewed }, `The help numbers are due for review. ${fix}`)
  }
}

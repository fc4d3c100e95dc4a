import { isReviewDue, nextReviewAt } from '../../core/course/help-numbers.ts'
import type { CourseCheck } from '../ports/course-ports.ts'
import type { Ports } from '../ports/ports.ts'

export interface CourseView {
  readonly name: string
  readonly title: string
  /** Whether it is the one at `/`. */
  readonly isFirst: boolean
  readonly version: string
  readonly consentVersion: string
  readonly days: number
  readonly checkIns: number
  readonly languages: readonly string[]
  readonly earlierVersions: number
  /** Null for a course without help numbers. Times are ms UTC. */
  readonly helpNumbers: {
    readonly file: string
    readonly reviewedAt: number
    readonly nextAt: number
    readonly isDue: boolean
  } | null
}

/** The courses that are loaded. Nothing here can be edited: courses are files, and are read when the service starts. */
export function viewCourses({
  clock,
  courses,
  settings,
}: Pick<Ports, 'clock' | 'courses'> & { settings: Pick<Ports['settings'], 'course'> }): readonly CourseView[] {
  const now = clock.now()
  return courses.all().map((course) => {
    const { name, title, version, consent, days, language, languages = [language], earlier = [] } = course
    const { helpNumbers, checkIns } = courses.resourcesOf(name)
    return {
      ...{ name, title, version, days, languages },
      isFirst: name === settings.course,
      consentVersion: consent.version,
      checkIns: checkIns.length,
      earlierVersions: earlier.length,
      helpNumbers: helpNumbers && {
        file: helpNumbers.file,
        reviewedAt: helpNumbers.reviewedAt,
        nextAt: nextReviewAt(helpNumbers),
        isDue: isReviewDue(helpNumbers, now),
      },
    }
  })
}

/** The files as they are now, and what their check says; null, with the reason in the log, if they cannot be checked. */
export async function checkCourses({
  courseCheck,
  log,
}: Pick<Ports, 'courseCheck' | 'log'>): Promise<CourseCheck | null> {
  try {
    return await courseCheck()
  } catch (error) {
    log.error({ error: String(error) }, 'the course files could not be checked')
    return null
  }
}

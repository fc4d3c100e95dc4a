import type { Course, Effort } from '../../core/course/course.ts'
import { isStillToCome } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { weekOf } from '../enrolment/view-week.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { gatherCourse, type WrittenDay } from './gather-writing.ts'
import type { OwnLine } from './own-line.ts'
import { requireFinished } from './require-finished.ts'

export interface FinishedDay {
  readonly day: number
  readonly title: string
  /** Path of the lesson page; null if it never opened. */
  readonly path: string | null
  readonly effort: Effort | null
  /** ms UTC; null if it was not marked as done. */
  readonly doneAt: number | null
}

/** What a learner keeps of a course. Instants are ms UTC. */
export interface FinishedView {
  readonly course: Course
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly token: string
  readonly stopToken: string
  readonly timeZone: string
  readonly begunAt: number
  readonly days: readonly FinishedDay[]
  /** How many check-ins are still to come; before the closing email all of them. */
  readonly checkInsToCome: number
  /** Whether signing up again would begin a new round. */
  readonly mayBeginAgain: boolean
  /** What only an own session sees: the line it chose, and what it wrote, to choose from. Null for everybody else. */
  readonly own: { readonly line: OwnLine | null; readonly days: readonly WrittenDay[] } | null
}

/**
 * The page of a finished course: what was done, and in an own session the line that its learner keeps of it. Changes
 * nothing. Fails with `not-yet` before it is finished.
 */
export async function viewFinished(
  ports: Pick<Ports, 'store' | 'clock' | 'courses' | 'sealer' | 'keys'>,
  visit: LessonVisit,
): Promise<FinishedView> {
  const { enrolment, course, token, viewer } = visit
  const { deliveries, progress } = await requireFinished(ports, visit)
  const doneAt = new Map(progress.map((entry) => [entry.day, entry.completedAt]))
  const week = weekOf(ports, course, enrolment, { deliveries, progress }, { links: true })
  const written = viewer.isOwn ? await gatherCourse(ports, enrolment, viewer) : null
  return {
    course,
    discreet: enrolment.discreet,
    webOnly: enrolment.webOnly,
    token,
    stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }),
    timeZone: enrolment.timeZone,
    begunAt: enrolment.confirmedAt,
    days: week.days.map(({ day, title, path, effort }) => ({
      day,
      title,
      path,
      effort,
      doneAt: doneAt.get(day) ?? null,
    })),
    checkInsToCome:
      enrolment.checkInsStoppedAt !== null || enrolment.state === 'stopped'
        ? 0
        : enrolment.state === 'finished'
          ? deliveries.filter((row) => row.kind === 'check-in' && isStillToCome(row)).length
          : ports.courses.resourcesOf(course.name, course.language).checkIns.length,
    mayBeginAgain: enrolment.state === 'finished',
    own: written && { line: written.ownLine, days: written.days },
  }
}

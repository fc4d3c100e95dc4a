import type { Course } from '../../core/course/course.ts'
import type { Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import { hasShortEmails } from '../enrolment/short-emails.ts'
import { viewWeek } from '../enrolment/view-week.ts'
import type { Ports } from '../ports/ports.ts'
import type { WeekView } from '../views.ts'

/** One enrolment of a learner, with what its lesson links show. */
export interface CourseTaken {
  readonly enrolment: Enrolment
  readonly course: Course
  /** Null with short emails and without an own session: then the page behind the link says no more either. */
  readonly week: WeekView | null
  /** The lesson link of the day to go on with. */
  readonly token: string
  readonly stopToken: string
  /** The latest round of this course. */
  readonly isLatest: boolean
}

export interface CoursesView {
  /** The course whose language the page has. */
  readonly course: Course
  readonly discreet: boolean
  /** What is running first, then the newest. Never empty. */
  readonly taken: readonly CourseTaken[]
}

/** Every course of a learner whose files still exist; null if there is none. `isOwn`: for an own session. */
export async function viewCourses(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  learnerId: number,
  { isOwn }: { readonly isOwn: boolean },
): Promise<CoursesView | null> {
  const enrolments = await ports.store.enrolments.ofLearner(learnerId)
  const taken: CourseTaken[] = []
  for (const enrolment of enrolments.toSorted((one, other) => rank(one) - rank(other) || other.id - one.id)) {
    const course = courseOfEnrolment(ports, enrolment)
    if (course === null) continue
    const week = await viewWeek(ports, course, enrolment, { links: true })
    const open = week.days.findLast(({ path }) => path !== null)?.day ?? 1
    taken.push({
      enrolment,
      course,
      week: isOwn || !(await hasShortEmails(ports, ports.store, enrolment)) ? week : null,
      token: LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: open }),
      stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }),
      isLatest: !enrolments.some((other) => other.course === enrolment.course && other.id > enrolment.id),
    })
  }
  const [first] = taken
  return first === undefined
    ? null
    : { course: first.course, discreet: taken.some(({ enrolment }) => enrolment.discreet), taken }
}

function rank({ state }: Enrolment): number {
  return state === 'active' || state === 'paused' ? 0 : 1
}

import { type Course, withDays } from '../core/course/course.ts'
import type { Enrolment } from '../core/model.ts'
import type { Ports } from './ports/ports.ts'

/** The course as this learner takes it: in their language, and with as many days as it began with. Null if it is gone. */
export function courseOfEnrolment(
  { courses }: Pick<Ports, 'courses'>,
  { course: name, language, days }: Pick<Enrolment, 'course' | 'language' | 'days'>,
): Course | null {
  const course = courses.get(name, language)
  return course && withDays(course, days)
}

/** The latest of these enrolments whose course still exists, with the course; null if there is none. */
export function latestWithCourse(
  ports: Parameters<typeof courseOfEnrolment>[0],
  enrolments: readonly Enrolment[],
): { readonly enrolment: Enrolment; readonly course: Course } | null {
  for (const enrolment of enrolments.toReversed()) {
    const course = courseOfEnrolment(ports, enrolment)
    if (course !== null) return { enrolment, course }
  }
  return null
}

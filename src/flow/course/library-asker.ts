import type { Course } from '../../core/course/course.ts'
import { readLibraryPass } from '../../core/security/library-pass.ts'
import { LINKS } from '../../core/security/links.ts'
import type { Ports } from '../ports/ports.ts'

/**
 * The token with which a browser that came to the library from a page behind a lesson link may ask a question, as it could on
 * that page; null for everybody else, and where the course takes no questions. Changes nothing.
 */
export async function libraryAskToken(
  { clock, keys, store }: Pick<Ports, 'clock' | 'keys' | 'store'>,
  course: Pick<Course, 'name' | 'questions'>,
  pass: string | null,
): Promise<string | null> {
  if (course.questions === null || pass === null) return null
  const enrolmentId = readLibraryPass(keys, pass, clock.now())
  const enrolment = enrolmentId === null ? null : await store.enrolments.byId(enrolmentId)
  if (enrolment === null || enrolment.course !== course.name) return null
  return LINKS.lesson.make(keys, { enrolmentId: enrolment.id, day: 1 })
}

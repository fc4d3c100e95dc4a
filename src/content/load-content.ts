import type { Emails } from '../core/delivery/emails.ts'
import { ProblemsError } from '../core/errors.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { loadCourses } from './load-courses.ts'
import { loadEmails } from './load-emails.ts'

export interface Content {
  readonly courses: Courses
  readonly emails: Emails
}

/** Reads everything that authors edit. Throws ProblemsError with the problems of courses and emails together. */
export async function loadContent(folders: {
  readonly lessonsDir: string
  readonly emailsDir: string
}): Promise<Content> {
  const [courses, emails] = await Promise.allSettled([loadCourses(folders.lessonsDir), loadEmails(folders.emailsDir)])
  const reasons = [courses, emails].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const unexpected = reasons.find((reason) => !(reason instanceof ProblemsError))
  if (unexpected !== undefined) throw unexpected
  if (courses.status === 'fulfilled' && emails.status === 'fulfilled') {
    return { courses: courses.value, emails: emails.value }
  }
  throw new ProblemsError(reasons.flatMap((reason) => (reason instanceof ProblemsError ? reason.problems : [])))
}

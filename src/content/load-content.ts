import type { Emails } from '../core/course/emails.ts'
import { FaultsError } from '../core/errors.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { loadCourses } from './load-courses.ts'
import { loadEmails } from './load-emails.ts'

export interface Content {
  readonly courses: Courses
  readonly emails: Emails
}

/** Everything authors edit, read once. Throws FaultsError with the faults of courses and mails together. */
export async function loadContent(folders: {
  readonly lessonsDir: string
  readonly emailsDir: string
}): Promise<Content> {
  const [courses, emails] = await Promise.allSettled([loadCourses(folders.lessonsDir), loadEmails(folders.emailsDir)])
  const reasons = [courses, emails].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const unexpected = reasons.find((reason) => !(reason instanceof FaultsError))
  if (unexpected !== undefined) throw unexpected
  if (courses.status === 'fulfilled' && emails.status === 'fulfilled') {
    return { courses: courses.value, emails: emails.value }
  }
  throw new FaultsError(reasons.flatMap((reason) => (reason instanceof FaultsError ? reason.faults : [])))
}

import type { Emails } from '../core/delivery/emails.ts'
import { ProblemsError } from '../core/errors.ts'
import type { Locales } from '../core/locales.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { loadCourses, parseFoldersWithCache } from './load-courses.ts'
import { loadEmails } from './load-emails.ts'
import { loadLocales } from './load-locales.ts'

export interface Content {
  readonly courses: Courses
  readonly emails: Emails
  readonly locales: Locales
}

/** Reads everything that authors and translators edit. Throws ProblemsError with the problems of all of it together. */
export async function loadContent(folders: {
  readonly lessonsDir: string
  readonly emailsDir: string
  /** The project's own if left out. */
  readonly localesDir?: string
}): Promise<Content> {
  const [courses, emails, locales] = await Promise.allSettled([
    loadCourses(folders.lessonsDir, parseFoldersWithCache),
    loadEmails(folders.emailsDir),
    loadLocales(folders.localesDir),
  ])
  const reasons = [courses, emails, locales].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const unexpected = reasons.find((reason) => !(reason instanceof ProblemsError))
  if (unexpected !== undefined) throw unexpected
  if (courses.status === 'fulfilled' && emails.status === 'fulfilled' && locales.status === 'fulfilled') {
    const problems = courses.value.inEveryLanguage().flatMap((course) => locales.value.checkWords(course))
    if (problems.length > 0) throw new ProblemsError(problems)
    return { courses: courses.value, emails: emails.value, locales: locales.value }
  }
  throw new ProblemsError(reasons.flatMap((reason) => (reason instanceof ProblemsError ? reason.problems : [])))
}

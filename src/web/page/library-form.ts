import { type Course, givesLibraryPass } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'

/** Where a page behind a lesson link opens the library for its browser; null if that browser needs no pass. */
export function libraryFormOf(course: Pick<Course, 'library' | 'questions'>, token: string): string | null {
  return givesLibraryPass(course) ? paths.openLibrary(token) : null
}

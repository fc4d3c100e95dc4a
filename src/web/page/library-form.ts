import type { Course } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'

/** Where a page behind a lesson link opens the library for its browser; null if the library is open to everybody. */
export function libraryFormOf({ library }: Pick<Course, 'library'>, token: string): string | null {
  return library === 'open' ? null : paths.openLibrary(token)
}

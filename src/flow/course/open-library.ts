import { givesLibraryPass } from '../../core/course/course.ts'
import type { LibraryPiece } from '../../core/course/search-library.ts'
import { makeLibraryPass } from '../../core/security/library-pass.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'

/** Where a reader goes on, with the pass for the browser; null if it needs none. */
export interface OpenedLibrary {
  readonly course: string
  readonly discreet: boolean
  /** Null: the library itself. */
  readonly piece: LibraryPiece | null
  readonly pass: string | null
}

/** Opens the library from a page behind a lesson link. `name`: an article or question to begin with; it may be unknown. */
export function openLibrary(
  ports: Pick<Ports, 'clock' | 'courses' | 'keys'>,
  { enrolment, course }: LessonVisit,
  name: string,
): OpenedLibrary {
  const { articles, questions } = ports.courses.resourcesOf(course.name)
  const isArticle = articles.some((article) => article.name === name)
  const isQuestion = questions.some(({ id }) => id === name)
  return {
    course: course.name,
    discreet: enrolment.discreet,
    piece: isArticle || isQuestion ? { kind: isArticle ? 'article' : 'question', name } : null,
    pass: givesLibraryPass(course) ? makeLibraryPass(ports.keys, enrolment.id, ports.clock.now()) : null,
  }
}

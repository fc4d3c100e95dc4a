import type { Request } from 'express'
import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import { libraryAskToken } from '../../flow/course/library-asker.ts'
import { mayReadLibrary } from '../../flow/course/library-reader.ts'
import type { ResolvedPage } from '../care/find-place.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { readLibraryPass, readSession } from '../security/session-cookie.ts'

/** What a page of the library shows, and to whom. */
export interface LibraryContext {
  readonly words: Words
  readonly course: Course
  readonly resources: CourseResources
  readonly discreet: boolean
  /** False: only how each piece begins. */
  readonly whole: boolean
  /** The path where this reader asks a question; null if none is known. */
  readonly ask: string | null
}

export async function libraryContext(
  site: Site,
  request: Request,
  { course, resources, discreet }: ResolvedPage,
): Promise<LibraryContext> {
  const reader = { session: readSession(request), pass: readLibraryPass(request) }
  const whole = await mayReadLibrary(site.ports, course, reader)
  const token = await libraryAskToken(site.ports, course, reader.pass)
  const ask = token === null ? null : paths.ask(token)
  return { words: wordsOf(site, course), course, resources, discreet, whole, ask }
}

import type { Request } from 'express'
import type { Course } from '../../core/course/course.ts'
import { likelyPlace } from '../../core/course/likely-help-country.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { discreetCode, type PublicPage, publicPagesOf } from '../../core/course/public-pages.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { courseOf, type Site, wordsOf } from '../page/site.ts'
import type { CarePageContext } from './care-page.ts'

/** A public page, and whether it was opened at its discreet address. */
export interface ResolvedPage {
  readonly course: Course
  readonly resources: CourseResources
  readonly place: PublicPage
  readonly discreet: boolean
}

/** Throws AppError not-found, also for pages named by a route of the assessment, which have no address. */
export function findPublicPage(site: Site, name: string, place: PublicPage): ResolvedPage {
  const course = courseOf(site, name)
  const resources = site.ports.courses.resourcesOf(name)
  const code = discreetCode(name, place)
  if (!publicPagesOf(resources).some((known) => discreetCode(name, known) === code)) throw pageNotFound()
  return { course, resources, place, discreet: false }
}

/** Finds the page of the course's files at a discreet address. Throws AppError not-found. */
export function findByCode(site: Site, code: string): ResolvedPage {
  const found = searchFiles(site, code)
  if (found === null) throw pageNotFound()
  return found
}

/** The same, also for questions that learners agreed to publish. */
export async function findByAnyCode(site: Site, code: string): Promise<ResolvedPage> {
  const inFiles = searchFiles(site, code)
  if (inFiles !== null) return inFiles
  const question = await site.ports.store.publishedQuestions.byCode(code)
  if (question === null) throw pageNotFound()
  const { course, id } = question
  return { ...findQuestionPage(site, course, id), discreet: true }
}

/** The page of a question, which may not be there. Throws AppError not-found for an unknown course. */
export function findQuestionPage(site: Site, course: string, name: string): ResolvedPage {
  const resources = site.ports.courses.resourcesOf(course)
  return { course: courseOf(site, course), resources, place: { kind: 'question', name }, discreet: false }
}

function searchFiles(site: Site, code: string): ResolvedPage | null {
  for (const course of site.ports.courses.all()) {
    const resources = site.ports.courses.resourcesOf(course.name, course.language)
    const place = publicPagesOf(resources).find((known) => discreetCode(course.name, known) === code)
    if (place) return { course, resources, place, discreet: true }
  }
  return null
}

export function carePageContext(
  site: Site,
  request: Request,
  { course, resources, discreet }: Omit<ResolvedPage, 'place'>,
): CarePageContext {
  const numbers = resources.helpNumbers
  const languages = request.headers['accept-language'] ?? ''
  return { words: wordsOf(site, course), course, numbers, discreet, likely: numbers && likelyPlace(numbers, languages) }
}

export function pageNotFound(): AppError {
  return new AppError('not-found', phrase('errors.no-page'))
}

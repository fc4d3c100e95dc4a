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

/** Finds the page at a discreet address. Throws AppError not-found. */
export function findByCode(site: Site, code: string): ResolvedPage {
  for (const course of site.ports.courses.all()) {
    const resources = site.ports.courses.resourcesOf(course.name, course.language)
    const place = publicPagesOf(resources).find((known) => discreetCode(course.name, known) === code)
    if (place) return { course, resources, place, discreet: true }
  }
  throw pageNotFound()
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

import type { Request } from 'express'
import type { Course } from '../../core/course/course.ts'
import { likelyPlace } from '../../core/course/likely-help-country.ts'
import type { CourseExtras } from '../../core/course/parse/parse-resources.ts'
import { codeOf, type Place, placesOf } from '../../core/course/public-pages.ts'
import { AppError } from '../../core/errors.ts'
import { courseOf, type Site } from '../page/site.ts'
import type { CareReader } from './care-page.ts'

/** A place of a course, and whether it was reached by the address that says nothing. */
export interface Found {
  readonly course: Course
  readonly extras: CourseExtras
  readonly place: Place
  readonly discreet: boolean
}

/** Throws AppError not-found; also for a page that a route of the assessment names, which has no address. */
export function findPlace(site: Site, name: string, place: Place): Found {
  const course = courseOf(site, name)
  const extras = site.ports.courses.extrasOf(name)
  const code = codeOf(name, place)
  if (!placesOf(extras).some((known) => codeOf(name, known) === code)) throw nothingHere()
  return { course, extras, place, discreet: false }
}

/** The place behind a discreet address. Throws AppError not-found. */
export function findByCode(site: Site, code: string): Found {
  for (const course of site.ports.courses.all()) {
    const extras = site.ports.courses.extrasOf(course.name)
    const place = placesOf(extras).find((known) => codeOf(course.name, known) === code)
    if (place) return { course, extras, place, discreet: true }
  }
  throw nothingHere()
}

export function readerOf(request: Request, { course, extras, discreet }: Omit<Found, 'place'>): CareReader {
  const numbers = extras.helpNumbers
  const languages = request.headers['accept-language'] ?? ''
  return { course, numbers, discreet, likely: numbers && likelyPlace(numbers, languages) }
}

export function nothingHere(): AppError {
  return new AppError(
    'not-found',
    'There is no page at this address. The link may be incomplete. Try copying all of it.',
  )
}

import { type Request, type Response, Router } from 'express'
import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { likelyPlace } from '../core/likely-place.ts'
import { type CourseExtras, publicPages } from '../core/parse-extras.ts'
import { codeOf, type Place, placesOf } from '../core/places.ts'
import { sendPage } from './send-page.ts'
import { courseOf, type Site } from './site.ts'
import { type CareReader, carePage } from './views/care.ts'
import { articlePage, libraryPage } from './views/library.ts'
import type { Page } from './views/page.ts'
import { startPage } from './views/start.ts'

/** A place of a course, and whether it was reached by the address that says nothing. */
export interface Found {
  readonly course: Course
  readonly extras: CourseExtras
  readonly place: Place
  readonly discreet: boolean
}

/** Pages of a course that anyone may open: help and other care pages, the library, the start of the self-assessment. */
export function createPlaces(site: Site): Router {
  const router = Router()
  const show = (request: Request, response: Response, found: Found) =>
    sendPage(site, response, 200, pageOf(found, readerOf(request, found)))

  router.get('/courses/:course/start', (request: Request<{ course: string }>, response: Response) => {
    show(request, response, findPlace(site, request.params.course, { kind: 'start' }))
  })
  router.get(
    '/courses/:course/pages/:name',
    (request: Request<{ course: string; name: string }>, response: Response) => {
      const { course, name } = request.params
      show(request, response, findPlace(site, course, { kind: 'page', name }))
    },
  )
  router.get('/courses/:course/library', (request: Request<{ course: string }>, response: Response) => {
    show(request, response, findPlace(site, request.params.course, { kind: 'library' }))
  })
  router.get(
    '/courses/:course/library/:name',
    (request: Request<{ course: string; name: string }>, response: Response) => {
      const { course, name } = request.params
      show(request, response, findPlace(site, course, { kind: 'article', name }))
    },
  )
  router.get('/n/:code', (request: Request<{ code: string }>, response: Response) => {
    show(request, response, findByCode(site, request.params.code))
  })
  return router
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

function pageOf({ course, extras, place, discreet }: Found, reader: CareReader): Page {
  switch (place.kind) {
    case 'start':
      if (extras.assessment === null) throw nothingHere()
      return startPage(extras.assessment, { ...reader, action: null, extras })
    case 'page': {
      const care = publicPages(extras).find(({ name }) => name === place.name)
      if (care === undefined) throw nothingHere()
      return carePage(care, reader)
    }
    case 'library':
      return libraryPage(course, extras, discreet)
    case 'article': {
      const article = extras.articles.find(({ name }) => name === place.name)
      if (article === undefined) throw nothingHere()
      return articlePage(course, article, discreet)
    }
  }
}

function nothingHere(): AppError {
  return new AppError(
    'not-found',
    'There is no page at this address. The link may be incomplete. Try copying all of it.',
  )
}

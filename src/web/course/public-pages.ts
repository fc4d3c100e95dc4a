import { type Request, type Response, Router } from 'express'
import { publicPages } from '../../core/course/parse/parse-resources.ts'
import { startPage } from '../assessment/assessment-view.ts'
import { type CareReader, carePage } from '../care/care-page.ts'
import { type Found, findByCode, findPlace, nothingHere, readerOf } from '../care/find-place.ts'
import type { Page } from '../page/page.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { articlePage, libraryPage } from './library-view.ts'

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

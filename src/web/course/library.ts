import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { MAX_QUERY_LENGTH } from '../../core/course/search-library.ts'
import { openLibrary } from '../../flow/course/open-library.ts'
import { listLibraryQuestions } from '../../flow/publication/library-questions.ts'
import { findByCode, findPublicPage, type ResolvedPage } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { writeLibraryPass } from '../security/session-cookie.ts'
import { libraryContext } from './library-context.ts'
import { libraryPage } from './library-view.ts'

/** Searches a library, and opens one from a page behind a lesson link. Its pages are in public-pages.ts. */
export function createLibrary(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })
  const limit = createRateLimit(site, 'searches')

  const search = async (request: Request, response: Response, found: ResolvedPage) => {
    const query = textOf(request, 'q')
    const context = await libraryContext(site, request, found)
    const hits = await site.ports.librarySearch.find(found.course.name, query, context)
    const questions = await listLibraryQuestions(site.ports, found.course, found.resources)
    sendPage(site, response, 200, libraryPage(context, questions, { query, hits }))
  }
  router.post('/courses/:course/library', limit, form, (request: Request<{ course: string }>, response: Response) =>
    search(request as Request, response, findPublicPage(site, request.params.course, { kind: 'library' })),
  )
  // The self-assessment is sent to discreet addresses too.
  const onlyLibrary = (request: Request<{ code: string }>, _response: Response, next: NextFunction) =>
    next(findByCode(site, request.params.code).place.kind === 'library' ? undefined : 'route')
  router.post('/n/:code', onlyLibrary, limit, form, (request: Request<{ code: string }>, response: Response) =>
    search(request as Request, response, findByCode(site, request.params.code)),
  )

  router.post(
    '/l/:token/library',
    createRateLimit(site, 'sessions'),
    form,
    async (request: Request<{ token: string }>, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      const { course, discreet, piece, pass } = openLibrary(site.ports, visit, textOf(request as Request, 'piece'))
      writeLibraryPass(site, response, pass)
      response.redirect(303, publicPagePath(course, piece ?? { kind: 'library' }, discreet))
    },
  )
  return router
}

function textOf(request: Request, field: string): string {
  const text: unknown = request.body?.[field]
  return typeof text === 'string' ? text.slice(0, MAX_QUERY_LENGTH) : ''
}

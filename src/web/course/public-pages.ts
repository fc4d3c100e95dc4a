import { type Request, type Response, Router } from 'express'
import { publicCarePages } from '../../core/course/parse/parse-resources.ts'
import { findLibraryQuestion, listLibraryQuestions } from '../../flow/publication/library-questions.ts'
import { startPage } from '../assessment/assessment-view.ts'
import { carePage } from '../care/care-page.ts'
import {
  carePageContext,
  findByAnyCode,
  findPublicPage,
  findQuestionPage,
  pageNotFound,
  type ResolvedPage,
} from '../care/find-place.ts'
import type { Page } from '../page/page.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { articlePage } from './article-view.ts'
import { libraryContext } from './library-context.ts'
import { libraryPage } from './library-view.ts'
import { questionPage } from './question-view.ts'

/**
 * Pages of a course that anybody can open: help and other care pages, the library, the beginning of the
 * self-assessment.
 */
export function createPublicPages(site: Site): Router {
  const router = Router()
  const show = async (request: Request, response: Response, found: ResolvedPage) =>
    sendPage(site, response, 200, await pageOf(site, request, response, found))

  router.get('/courses/:course/start', (request: Request<{ course: string }>, response: Response) => {
    return show(request, response, findPublicPage(site, request.params.course, { kind: 'start' }))
  })
  router.get(
    '/courses/:course/pages/:name',
    (request: Request<{ course: string; name: string }>, response: Response) => {
      const { course, name } = request.params
      return show(request, response, findPublicPage(site, course, { kind: 'page', name }))
    },
  )
  router.get('/courses/:course/library', (request: Request<{ course: string }>, response: Response) => {
    return show(request, response, findPublicPage(site, request.params.course, { kind: 'library' }))
  })
  router.get(
    '/courses/:course/library/:name',
    (request: Request<{ course: string; name: string }>, response: Response) => {
      const { course, name } = request.params
      return show(request, response, findPublicPage(site, course, { kind: 'article', name }))
    },
  )
  router.get(
    '/courses/:course/library/questions/:name',
    (request: Request<{ course: string; name: string }>, response: Response) => {
      const { course, name } = request.params
      return show(request, response, findQuestionPage(site, course, name))
    },
  )
  router.get('/n/:code', async (request: Request<{ code: string }>, response: Response) => {
    return show(request, response, await findByAnyCode(site, request.params.code))
  })
  return router
}

async function pageOf(site: Site, request: Request, response: Response, found: ResolvedPage): Promise<Page> {
  const { course, resources, place } = found
  switch (place.kind) {
    case 'start':
      if (resources.assessment === null) throw pageNotFound()
      return startPage(resources.assessment, { ...carePageContext(site, request, found), action: null, resources })
    case 'page': {
      const care = publicCarePages(resources).find(({ name }) => name === place.name)
      if (care === undefined) throw pageNotFound()
      return carePage(care, carePageContext(site, request, found))
    }
    case 'library': {
      const questions = await listLibraryQuestions(site.ports, course, resources)
      if (questions.some(({ isFromLearner }) => isFromLearner)) keepFromArchives(response)
      return libraryPage(await libraryContext(site, request, found), questions, null)
    }
    case 'question': {
      const question = await findLibraryQuestion(site.ports, course, resources, place.name)
      if (question === null) throw pageNotFound()
      if (question.isFromLearner) keepFromArchives(response)
      return questionPage(await libraryContext(site, request, found), question)
    }
    case 'article': {
      const article = resources.articles.find(({ name }) => name === place.name)
      if (article === undefined) throw pageNotFound()
      return articlePage(await libraryContext(site, request, found), article)
    }
  }
}

/** A search engine would keep what a learner withdraws. */
function keepFromArchives(response: Response): void {
  response.setHeader('X-Robots-Tag', 'noindex, noarchive')
}

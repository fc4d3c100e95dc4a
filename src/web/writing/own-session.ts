import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { openReading, requestReading, viewReading } from '../../flow/exercise/reading-link.ts'
import { type LinkGoal, PAGE_GOALS } from '../../flow/ports/security-ports.ts'
import { sendPage } from '../page/send-page.ts'
import { messageOf, type Site, wordsOf } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { openSessionPage, readingLinkSentPage, sessionOpenedPage } from './own-session-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * Access to everything written. POST /l/<token>/read requests an email; its link shows a button (GET), which opens a
 * session in this browser (POST), once. If there is a reading word, the page asks for it.
 */
export function createOwnSession(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  router.post(
    '/l/:token/read',
    createRateLimit(site, 'links'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const view = await requestReading(site.ports, token, goalOf(request.body))
      sendPage(site, response, 200, readingLinkSentPage(wordsOf(site, view.course), view, token))
    },
  )

  router.get('/read/:token', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewReading(site.ports, token)
    sendPage(site, response, 200, openSessionPage(wordsOf(site, view.course), view, token, null))
  })

  router.post(
    '/read/:token',
    createRateLimit(site, 'sessions'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const word = (request.body as Record<string, unknown> | undefined)?.word
      try {
        const opened = await openReading(site.ports, token, readSession(request), typeof word === 'string' ? word : '')
        writeSession(site, response, opened.session)
        sendPage(site, response, 200, sessionOpenedPage(wordsOf(site, opened.course), opened, site.ports.clock.now()))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
        const view = await viewReading(site.ports, token)
        const words = wordsOf(site, view.course)
        sendPage(site, response, 400, openSessionPage(words, view, token, messageOf(error, words)))
      }
    },
  )

  return router
}

function goalOf(body: unknown): LinkGoal {
  const goal = (body as Record<string, unknown> | undefined)?.goal
  return PAGE_GOALS.find((known) => known === goal) ?? 'days'
}

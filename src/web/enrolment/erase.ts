import express, { type Request, type Response, Router } from 'express'
import { eraseByLink, requestErasure, viewEraseLink, viewErasure } from '../../flow/enrolment/erase.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { clearSession, readSession } from '../security/session-cookie.ts'
import { erasedPage, eraseLinkPage, erasePage, eraseRequestedPage } from './erase-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * /stop/<token>/delete: GET shows a button. POST deletes all of this learner's data in a fresh session of their own;
 * otherwise it sends an email, whose link /delete/<token> shows the final button (GET) and deletes (POST).
 */
export function createErase(site: Site): Router {
  const router = Router()
  const anyBody = express.raw({ type: () => true, limit: '4kb' })

  router.get('/stop/:token/delete', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewErasure(site.ports, token, readSession(request))
    sendPage(site, response, 200, erasePage(wordsOf(site, view.course), view, token))
  })

  router.post(
    '/stop/:token/delete',
    createRateLimit(site, 'writing'),
    anyBody,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const erasure = await requestErasure(site.ports, token, readSession(request))
      const words = wordsOf(site, erasure.course)
      if (erasure.state !== 'erased') return sendPage(site, response, 200, eraseRequestedPage(words, erasure, token))
      clearSession(site, response)
      sendPage(site, response, 200, erasedPage(words, erasure))
    },
  )

  router.get('/delete/:token', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewEraseLink(site.ports, token)
    sendPage(site, response, 200, eraseLinkPage(wordsOf(site, view.course), view, token))
  })

  router.post(
    '/delete/:token',
    createRateLimit(site, 'writing'),
    anyBody,
    async (request: TokenRequest, response: Response) => {
      const erased = await eraseByLink(site.ports, request.params.token)
      clearSession(site, response)
      sendPage(site, response, 200, erasedPage(wordsOf(site, erased.course), erased))
    },
  )

  return router
}

import express, { type Request, type Response, Router } from 'express'
import { paths } from '../../core/paths.ts'
import { endSession } from '../../flow/security/sessions.ts'
import { notesClosedPage } from '../page/message-pages.ts'
import { exitSite, hasQuickExit } from '../page/quick-exit-site.ts'
import { sendPage, wantsJson } from '../page/send-page.ts'
import { defaultCourse, type Site, wordsOf } from '../page/site.ts'
import { createRateLimit } from './rate-limits.ts'
import { clearSession, readSession } from './session-cookie.ts'

/** POST /session/end: hides what was written from this browser. Also called by quick exit. */
export function createEndSession(site: Site): Router {
  const router = Router()
  router.post(
    paths.endSession(),
    createRateLimit(site, 'sessions'),
    express.raw({ type: () => true, limit: '1kb' }),
    async (request: Request, response: Response) => {
      const session = readSession(request)
      clearSession(site, response)
      if (session !== null) await endSession(site.ports, session)
      if (wantsJson(request)) response.status(204).end()
      else sendPage(site, response, 200, notesClosedPage(wordsOf(site), hasQuickExit(defaultCourse(site))))
    },
  )
  router.post(
    paths.leave(),
    // Leaving must not fail: at the rate limit, the cookie is still deleted and the browser redirected.
    createRateLimit(site, 'sessions', (_request, response) => {
      clearSession(site, response)
      response.redirect(303, exitSite.url)
    }),
    express.raw({ type: () => true, limit: '1kb' }),
    async (request: Request, response: Response) => {
      const session = readSession(request)
      clearSession(site, response)
      if (session !== null) await endSession(site.ports, session)
      response.redirect(303, exitSite.url)
    },
  )
  return router
}

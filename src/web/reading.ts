import express, { type Request, type Response, Router } from 'express'
import { openReading, requestReading, viewReading } from '../flow/read-back.ts'
import { createLimit } from './limits.ts'
import { sendPage } from './send-page.ts'
import { readSession, writeSession } from './session-cookie.ts'
import type { Site } from './site.ts'
import { readingAskedPage, readingOpenedPage, readPage } from './views/reading.ts'

type TokenRequest = Request<{ token: string }>

/** Reading back: POST /l/<token>/read asks for a mail; its link shows a button (GET), which lets this browser in (POST). */
export function createReading(site: Site): Router {
  const router = Router()
  const anyBody = express.raw({ type: () => true, limit: '4kb' })

  router.post(
    '/l/:token/read',
    createLimit(site, 'links'),
    anyBody,
    async (request: TokenRequest, response: Response) => {
      const view = await requestReading(site.ports, request.params.token)
      sendPage(site, response, 200, readingAskedPage(view, request.params.token))
    },
  )

  router.get('/read/:token', async (request: TokenRequest, response: Response) => {
    sendPage(site, response, 200, readPage(await viewReading(site.ports, request.params.token), request.params.token))
  })

  router.post(
    '/read/:token',
    createLimit(site, 'sessions'),
    anyBody,
    async (request: TokenRequest, response: Response) => {
      const opened = await openReading(site.ports, request.params.token, readSession(request))
      writeSession(site, response, opened.session)
      sendPage(site, response, 200, readingOpenedPage(opened, site.ports.clock.now()))
    },
  )

  return router
}

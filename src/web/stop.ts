import express, { type Request, type Response, Router } from 'express'
import { restart } from '../flow/restart.ts'
import { stop, viewStop } from '../flow/stop.ts'
import { sendPage } from './send-page.ts'
import type { Site } from './site.ts'
import { stopPage } from './views/stop.ts'

/**
 * GET shows a button. POST stops: the button, and a mail program's one click (RFC 8058, section 3.1), which comes
 * without a cookie, as a form or as multipart, perhaps more than once, and is answered 200 without a redirect.
 * The link alone says who and what, so the body is taken up to its limit and not read.
 */
export function createStop(site: Site): Router {
  const router = Router()
  const anyBody = express.raw({ type: () => true, limit: '16kb' })

  router.get('/stop/:token', async (request: Request<{ token: string }>, response: Response) => {
    const view = await viewStop(site.ports, request.params.token)
    sendPage(site, response, 200, stopPage(view, request.params.token, null, site.ports.clock.now()))
  })

  router.post('/stop/:token', anyBody, async (request: Request<{ token: string }>, response: Response) => {
    const view = await stop(site.ports, request.params.token)
    sendPage(site, response, 200, stopPage(view, request.params.token, 'stopped', site.ports.clock.now()))
  })

  router.post('/stop/:token/restart', anyBody, async (request: Request<{ token: string }>, response: Response) => {
    const view = await restart(site.ports, request.params.token)
    sendPage(site, response, 200, stopPage(view, request.params.token, 'restarted', site.ports.clock.now()))
  })

  return router
}

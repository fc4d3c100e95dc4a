import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { forgetAddress } from '../../flow/enrolment/forget-address.ts'
import { restart } from '../../flow/enrolment/restart.ts'
import { stop, viewStop } from '../../flow/enrolment/stop.ts'
import type { StopView } from '../../flow/views.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { forgottenPage, stopPage } from './stop-view.ts'

/**
 * GET shows a button. POST stops the course: from the button, or one-click from an email client (RFC 8058, section
 * 3.1), without a cookie, as a form or multipart, possibly repeated, and answered with 200 without a redirect. The link
 * contains everything needed, so the body is discarded.
 */
export function createStop(site: Site): Router {
  const router = Router()
  const anyBody = express.raw({ type: () => true, limit: '16kb' })
  const show = (response: Response, view: StopView, token: string, just: 'stopped' | 'restarted' | null) =>
    sendPage(site, response, 200, stopPage(wordsOf(site, view.course), view, token, just, site.ports.clock.now()))

  router.get('/stop/:token', async (request: Request<{ token: string }>, response: Response) => {
    const view = await viewStop(site.ports, request.params.token)
    show(response, view, request.params.token, null)
  })

  router.post('/stop/:token', anyBody, async (request: Request<{ token: string }>, response: Response) => {
    const view = await stop(site.ports, request.params.token)
    show(response, view, request.params.token, 'stopped')
  })

  router.post('/stop/:token/restart', anyBody, async (request: Request<{ token: string }>, response: Response) => {
    const view = await restart(site.ports, request.params.token)
    show(response, view, request.params.token, 'restarted')
  })

  router.post('/stop/:token/forget', anyBody, async (request: Request<{ token: string }>, response: Response) => {
    const { token } = request.params
    if (await isForgotten(site, token)) return sendPage(site, response, 200, forgottenPage(wordsOf(site)))
    show(response, await viewStop(site.ports, token), token, null)
  })

  return router
}

/** If the data has been deleted, the second request has nothing left to do. */
async function isForgotten(site: Site, token: string): Promise<boolean> {
  try {
    return await forgetAddress(site.ports, token)
  } catch (error) {
    if (error instanceof AppError && error.code === 'gone') return true
    throw error
  }
}

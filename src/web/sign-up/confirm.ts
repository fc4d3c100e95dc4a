import { type Request, type Response, Router } from 'express'
import { confirm, viewConfirmation } from '../../flow/sign-up/confirm.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { confirmedPage, confirmPage } from './confirm-view.ts'

/** GET shows a button and POST confirms, because email scanners follow links but do not submit forms. */
export function createConfirm(site: Site): Router {
  const router = Router()

  router.get('/confirm/:token', async (request: Request<{ token: string }>, response: Response) => {
    const view = await viewConfirmation(site.ports, request.params.token)
    sendPage(site, response, 200, confirmPage(wordsOf(site, view.course), view, request.params.token))
  })

  router.post('/confirm/:token', async (request: Request<{ token: string }>, response: Response) => {
    const confirmed = await confirm(site.ports, request.params.token, readSession(request))
    const words = wordsOf(site, confirmed.course)
    writeSession(site, response, confirmed.session)
    sendPage(site, response, 200, confirmedPage(words, confirmed, site.ports.clock.now()))
  })

  return router
}

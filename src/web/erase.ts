import express, { type Request, type Response, Router } from 'express'
import { erase, viewErasure } from '../flow/erase.ts'
import { sendPage } from './send-page.ts'
import { clearSession } from './session-cookie.ts'
import type { Site } from './site.ts'
import { erasedPage, erasePage } from './views/erase.ts'

type TokenRequest = Request<{ token: string }>

/** /stop/<token>/delete: GET shows a button, POST deletes everything of this learner. */
export function createErase(site: Site): Router {
  const router = Router()

  router.get('/stop/:token/delete', async (request: TokenRequest, response: Response) => {
    sendPage(site, response, 200, erasePage(await viewErasure(site.ports, request.params.token), request.params.token))
  })

  router.post(
    '/stop/:token/delete',
    express.raw({ type: () => true, limit: '4kb' }),
    async (request: TokenRequest, response: Response) => {
      const erased = await erase(site.ports, request.params.token)
      clearSession(site, response)
      sendPage(site, response, 200, erasedPage(erased))
    },
  )

  return router
}

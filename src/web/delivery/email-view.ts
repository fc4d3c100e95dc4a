import { type Request, type Response, Router } from 'express'
import { viewEmail } from '../../flow/delivery/view-email.ts'
import type { Site } from '../page/site.ts'

/** Emails carry their own styles, run no scripts and load nothing. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** "See this email in your browser". GET alone. */
export function createEmailView(site: Site): Router {
  const router = Router()
  router.get('/v/:token', async (request: Request<{ token: string }>, response: Response) => {
    const html = await viewEmail(site.ports, request.params.token)
    response.set('Content-Security-Policy', POLICY).type('html').send(html)
  })
  return router
}

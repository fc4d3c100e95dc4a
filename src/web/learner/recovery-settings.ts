import express, { type Request, type Response, Router } from 'express'
import { paths } from '../../core/paths.ts'
import { allowWayBackEmail, replaceRecoveryCode } from '../../flow/learner/recovery.ts'
import type { Site } from '../page/site.ts'
import { orLinkFirst } from '../security/or-link-first.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'

type TokenRequest = Request<{ token: string }>

/** The recovery code and the email of people who read on the web only. Both need a fresh own session. */
export function createRecoverySettings(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '1kb' })

  const change =
    (act: (token: string, session: string | null, body: Record<string, unknown>) => Promise<void>) =>
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      await orLinkFirst(site, response, token, session, async () => {
        await act(token, session, (request.body ?? {}) as Record<string, unknown>)
        response.redirect(303, `${paths.settings(token)}?saved=1#recovery`)
      })
    }

  router.post(
    '/l/:token/settings/code',
    createRateLimit(site, 'writing'),
    form,
    change((token, session) => replaceRecoveryCode(site.ports, token, session)),
  )
  router.post(
    '/l/:token/settings/way-back',
    createRateLimit(site, 'writing'),
    form,
    change((token, session, body) => allowWayBackEmail(site.ports, token, session, body.allowed === 'on')),
  )

  return router
}

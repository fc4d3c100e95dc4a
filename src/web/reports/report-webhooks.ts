import express, { type Request, type Response, Router } from 'express'
import { PROVIDERS } from '../../core/reports/providers.ts'
import type { Refusal } from '../../core/reports/webhook.ts'
import { takeProviderEmail } from '../../flow/question/receive-reply.ts'
import { receiveHook } from '../../flow/reports/receive-webhook.ts'
import type { Site } from '../page/site.ts'

const STATUSES: Readonly<Record<Refusal | 'replayed', number>> = {
  unauthenticated: 401,
  forged: 403,
  stale: 403,
  unreadable: 400,
  // Mailgun treats this as "do not try again" (user-manual/webhooks/webhook-retries).
  replayed: 406,
}

const MAX_BYTES = 1024 * 1024

/**
 * Webhooks of the relays, at /hooks/<provider>. An event is stored, acknowledged and only then applied, so that the
 * provider neither waits nor reports it twice.
 */
export function createReportWebhooks(site: Site): Router {
  const router = Router()
  for (const { name, challenge, maxBytes, emailPath } of PROVIDERS) {
    // Signatures are over the bytes; SNS calls its JSON text/plain.
    const bytes = express.raw({ type: () => true, limit: maxBytes ?? MAX_BYTES })
    const paths = emailPath === undefined ? [`/hooks/${name}`] : [`/hooks/${name}`, `/hooks/${name}${emailPath}`]
    router.post(paths, bytes, async (request: Request, response: Response) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const answer = await receiveHook(site.ports, name, { headers: request.headers, body }, (unit, email) =>
        takeProviderEmail(site.ports, unit, email),
      )
      if (answer.kind === 'refused') {
        if (answer.why === 'unauthenticated' && challenge !== undefined) response.set('WWW-Authenticate', challenge)
        response.status(STATUSES[answer.why]).json({ ok: false, why: answer.why })
        return
      }
      response.json({ ok: true })
      if (answer.fresh > 0) site.ports.hooks.wake()
    })
  }
  return router
}

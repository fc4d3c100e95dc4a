import { type Request, type Response, Router } from 'express'
import type { Site } from './site.ts'

/** For supervisors: /healthz (this process), /readyz (what it stands on), /metrics (Prometheus text). */
export function createHealth(site: Site): Router {
  const router = Router()

  router.get('/healthz', (_request: Request, response: Response) => {
    response.json({ ok: true })
  })

  router.get('/readyz', async (_request: Request, response: Response) => {
    const readiness = await site.health.ready()
    response.status(readiness.ok ? 200 : 503).json(readiness)
  })

  router.get('/metrics', async (_request: Request, response: Response) => {
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await site.health.metrics())
  })

  return router
}

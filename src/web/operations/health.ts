import { type Request, type Response, Router } from 'express'
import type { Site } from '../page/site.ts'
import { mayReadMetrics } from './metrics-access.ts'

/** For supervisors: /healthz (this process), /readyz (what it stands on), /metrics (Prometheus text). */
export function createHealth(site: Site): Router {
  const router = Router()

  router.get('/healthz', (_request: Request, response: Response) => {
    response.json({ ok: true })
  })

  router.get('/readyz', async (_request: Request, response: Response) => {
    const { ok, checks } = await site.health.ready()
    const warning = site.proxies.warning()
    // A warning: the site works, and nobody is to restart it for that.
    const proxy = warning === null ? {} : { proxy: { ok: true, warning: true, say: warning } }
    response.status(ok ? 200 : 503).json({ ok, checks: { ...checks, ...proxy } })
  })

  router.get('/metrics', async (request: Request, response: Response, next) => {
    const { metricsOnSite, metricsToken } = site.settings
    // Answered like any address that does not exist, so that nobody learns of it.
    if (!metricsOnSite || !mayReadMetrics(request, metricsToken)) return next()
    response.type(METRICS_TYPE).send(await site.health.metrics())
  })

  return router
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

import { type Request, type Response, Router } from 'express'
import type { Site } from '../page/site.ts'
import { mayReadMetrics } from './metrics-access.ts'

/** For monitoring: /healthz (this process), /readyz (its dependencies), /metrics (Prometheus text). */
export function createHealth(site: Site): Router {
  const router = Router()

  router.get('/healthz', (_request: Request, response: Response) => {
    response.json({ ok: true })
  })

  router.get('/readyz', async (_request: Request, response: Response) => {
    const { ok, checks } = await site.health.ready()
    const warning = site.proxies.warning()
    // A warning only: restarting the site would not help.
    const proxy = warning === null ? {} : { proxy: { ok: true, warning: true, say: warning } }
    response.status(ok ? 200 : 503).json({ ok, checks: { ...checks, ...proxy } })
  })

  router.get('/metrics', async (request: Request, response: Response, next) => {
    const { metricsOnSite, metricsToken } = site.settings
    // The same response as for an unknown URL, so that the page's existence is not revealed.
    if (!metricsOnSite || !mayReadMetrics(request, metricsToken)) return next()
    response.type(METRICS_TYPE).send(await site.health.metrics())
  })

  return router
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

import { createServer, type Server } from 'node:http'
import { METRICS_TYPE } from './health.ts'
import { mayReadMetrics } from './metrics-access.ts'

/**
 * A separate server for GET /metrics. `token` null: open to anybody who can reach the port. The caller listens and
 * closes.
 */
export function createMetricsServer(metrics: () => Promise<string>, token: string | null): Server {
  return createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, async (request, response) => {
    const isAsked = request.method === 'GET' && request.url === '/metrics'
    if (!isAsked || (token !== null && !mayReadMetrics(request, token))) {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await metrics()
      response.writeHead(200, { 'Content-Type': METRICS_TYPE }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
}

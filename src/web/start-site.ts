import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Ports } from '../flow/ports/ports.ts'
import { checkReadiness } from '../flow/sending/readiness.ts'
import { listenOn, stopListening } from './operations/listen-on.ts'
import { createMetrics } from './operations/metrics.ts'
import { createMetricsServer } from './operations/metrics-server.ts'
import type { SiteSettings } from './page/site.ts'
import {
  type ConnectionLimits,
  connectionLimits,
  guardConnections,
  serverOptions,
} from './security/guard-connections.ts'
import { createSite } from './server.ts'

export interface StartedSite {
  readonly port: number
  /** Finishes open requests and accepts no new ones. */
  close(): Promise<void>
}

/**
 * Starts the site, and the server of the metrics if they have a port of their own. Fails with `misconfigured` and the fix if
 * a port cannot be opened.
 */
export async function startSite(
  ports: Ports,
  options: {
    readonly settings: SiteSettings
    /** 0 takes any free port. */
    readonly port: number
    /** Where the metrics are; null: on the site's port. */
    readonly metricsListen: { readonly host: string; readonly port: number } | null
    readonly limits?: Partial<ConnectionLimits>
  },
): Promise<StartedSite> {
  const { settings, port, metricsListen } = options
  const metrics = createMetrics(ports)
  const site = createSite({ ports, settings, health: { ready: () => checkReadiness(ports), metrics } })
  const limits = { ...connectionLimits(settings.trustProxy), ...options.limits }
  const server = createServer(serverOptions(limits), site)
  guardConnections(server, limits)
  await listenOn(server, { port, setting: 'PORT' })
  const metricsServer = metricsListen && createMetricsServer(metrics, settings.metricsToken)
  try {
    if (metricsServer) await listenOn(metricsServer, { ...metricsListen, setting: 'METRICS_PORT' })
  } catch (error) {
    await stopListening(server)
    throw error
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (metricsServer) await stopListening(metricsServer)
      await stopListening(server)
    },
  }
}

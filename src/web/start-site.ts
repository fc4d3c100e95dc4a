import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PublicUrl } from '../core/service-urls/public-url.ts'
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
import { createDeskSite, createSite } from './server.ts'

export interface StartedSite {
  readonly port: number
  /** Finishes open requests and accepts no new ones. */
  close(): Promise<void>
}

/**
 * Starts the site, and the servers of the metrics and the desk where they have a port of their own. Fails with
 * `misconfigured` and the fix if a port cannot be opened.
 */
export async function startSite(
  ports: Ports,
  options: {
    readonly settings: SiteSettings
    /** 0 takes any free port. */
    readonly port: number
    /** Where the metrics are; null: on the site's port. */
    readonly metricsListen: { readonly host: string; readonly port: number } | null
    /** Where the desk is, and the address of that port; null: on the site's port, or nowhere. */
    readonly deskListen: {
      readonly host: string
      readonly port: number
      readonly url: PublicUrl
      /** Number of proxies in front of it. */
      readonly proxies: number
    } | null
    readonly limits?: Partial<ConnectionLimits>
  },
): Promise<StartedSite> {
  const { settings, port, metricsListen, deskListen } = options
  const metrics = createMetrics(ports)
  const health = { ready: () => checkReadiness(ports), metrics }
  const site = createSite({ ports, settings, health })
  const limits = { ...connectionLimits(settings.trustProxy), ...options.limits }
  const server = createServer(serverOptions(limits), site)
  guardConnections(server, limits)
  await listenOn(server, { port, setting: 'PORT' })
  const started = [server]
  const close = async () => {
    for (const one of started.reverse()) await stopListening(one)
  }
  const listen = async (other: Server, at: Parameters<typeof listenOn>[1]) => {
    await listenOn(other, at)
    started.push(other)
  }
  try {
    if (metricsListen)
      await listen(createMetricsServer(metrics, settings.metricsToken), { ...metricsListen, setting: 'METRICS_PORT' })
    if (deskListen) {
      const { url, proxies } = deskListen
      const desk = createDeskSite({ ports, settings: { ...settings, publicUrl: url, trustProxy: proxies }, health })
      const deskLimits = { ...connectionLimits(proxies), ...options.limits }
      const deskServer = createServer(serverOptions(deskLimits), desk)
      guardConnections(deskServer, deskLimits)
      await listen(deskServer, { ...deskListen, setting: 'DESK_PORT' })
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    port: (server.address() as AddressInfo).port,
    close,
  }
}

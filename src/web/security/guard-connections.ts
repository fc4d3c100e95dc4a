import type { Server, ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { clientNetworks } from './client-address.ts'

/** Time limits in ms, and connection limits. */
export interface ConnectionLimits {
  readonly headersMs: number
  /** For the whole request with its body; enough for a megabyte over a slow mobile connection. */
  readonly requestMs: number
  /** Between two requests on a connection. */
  readonly idleMs: number
  /** Without a byte in either direction, such as a client that does not read the response. */
  readonly socketTimeoutMs: number
  /** Interval for checking. */
  readonly checkIntervalMs: number
  readonly connections: number
  /** Per IPv4 address and IPv6 /56; four times as many per IPv6 /48. */
  readonly connectionsPerClient: number
  readonly requestsPerConnection: number
}

const DIRECT: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 5_000,
  socketTimeoutMs: 60_000,
  checkIntervalMs: 1_000,
  connections: 4_000,
  connectionsPerClient: 250,
  requestsPerConnection: 100_000,
}
/** Proxies keep idle connections for a minute, and the server must not close them first. */
const BEHIND_PROXY_IDLE_MS = 75_000
const WIDE_FACTOR = 4

/**
 * `proxies`: the number of proxies in front. Behind a proxy, all connections come from few addresses, and the proxy
 * limits clients.
 */
export function connectionLimits(proxies: number): ConnectionLimits {
  if (proxies === 0) return DIRECT
  return {
    ...DIRECT,
    idleMs: BEHIND_PROXY_IDLE_MS,
    socketTimeoutMs: 2 * BEHIND_PROXY_IDLE_MS,
    connectionsPerClient: DIRECT.connections,
  }
}

/** Options for `createServer`. */
export function serverOptions(limits: ConnectionLimits): ServerOptions {
  return {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
  }
}

/** Closes idle connections, so that they cannot use up all of them. */
export function guardConnections(server: Server, limits: ConnectionLimits): void {
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.setTimeout(limits.socketTimeoutMs)
  const held = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const { narrow, wide } = clientNetworks(socket.remoteAddress ?? '') ?? { narrow: 'unknown', wide: null }
    const counts = wide === null ? [narrow] : [narrow, wide]
    const isFull = counts.some(
      (key) => (held.get(key) ?? 0) >= limits.connectionsPerClient * (key === wide ? WIDE_FACTOR : 1),
    )
    if (isFull) {
      socket.destroy()
      return
    }
    for (const key of counts) held.set(key, (held.get(key) ?? 0) + 1)
    socket.once('close', () => {
      for (const key of counts) {
        const left = (held.get(key) ?? 1) - 1
        if (left === 0) held.delete(key)
        else held.set(key, left)
      }
    })
  })
}

import type { Server, ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { clientNetworks } from './client-address.ts'

/** How long a client may take, in ms, and how much it may hold. */
export interface ConnectionLimits {
  readonly headersMs: number
  /** The whole request with its body: a megabyte over a slow telephone arrives in this time. */
  readonly requestMs: number
  /** Between two requests of one connection. */
  readonly idleMs: number
  /** Without a byte in either direction, such as one that does not take its answer. */
  readonly socketTimeoutMs: number
  /** How often slow clients are looked for. */
  readonly checkIntervalMs: number
  readonly connections: number
  /** For each IPv4 address and IPv6 /56; four times as many for each IPv6 /48. */
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
/** Proxies keep idle connections for a minute, and are surprised by one that closes earlier. */
const BEHIND_PROXY_IDLE_MS = 75_000
const WIDE_FACTOR = 4

/** `proxies`: how many are in front. Then all connections come from few addresses, and the proxy counts clients. */
export function connectionLimits(proxies: number): ConnectionLimits {
  if (proxies === 0) return DIRECT
  return {
    ...DIRECT,
    idleMs: BEHIND_PROXY_IDLE_MS,
    socketTimeoutMs: 2 * BEHIND_PROXY_IDLE_MS,
    connectionsPerClient: DIRECT.connections,
  }
}

/** What `createServer` is told. */
export function serverOptions(limits: ConnectionLimits): ServerOptions {
  return {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
  }
}

/** Cuts clients that hold connections and do nothing with them, so that there is room for others. */
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

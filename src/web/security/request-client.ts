import type { Request } from 'express'
import { type ClientNetworks, clientNetworks } from './client-address.ts'

const UNKNOWN: ClientNetworks = { narrow: 'unknown', wide: null }

/**
 * Who asks, for limits: what the proxies of TRUST_PROXY say, else the other end of the connection. What is no address counts
 * as the proxy that passed it on, so that inventing names makes no new client.
 */
export function clientOf(request: Request): ClientNetworks {
  const { ip, socket } = request
  return (
    (ip === undefined ? null : clientNetworks(ip)) ??
    (socket.remoteAddress === undefined ? null : clientNetworks(socket.remoteAddress)) ??
    UNKNOWN
  )
}

import type { Request } from 'express'
import { type ClientNetworks, clientNetworks } from './client-address.ts'

const UNKNOWN: ClientNetworks = { narrow: 'unknown', wide: null }

/**
 * The client for rate limits, according to TRUST_PROXY. An invalid address counts as the proxy that forwarded it, so
 * that made-up addresses do not create new clients.
 */
export function clientOf(request: Request): ClientNetworks {
  const { ip, socket } = request
  return (
    (ip === undefined ? null : clientNetworks(ip)) ??
    (socket.remoteAddress === undefined ? null : clientNetworks(socket.remoteAddress)) ??
    UNKNOWN
  )
}

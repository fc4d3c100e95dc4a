import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Headers by which a proxy gives itself away: what it passes on comes from elsewhere, though its own end is on this machine. */
const PROXY_HEADERS =
  /^(x-forwarded(-.+)?|x-original-.+|x-envoy-.+|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|fly-client-ip|forwarded|via|cdn-loop|cf-.+)$/

/** Whether this request may read the metrics: with the token where there is one, else only from this machine itself. */
export function mayReadMetrics(request: IncomingMessage, token: string | null): boolean {
  return token === null ? isFromThisMachine(request) : hasBearerToken(request, token)
}

/** RFC 6750 section 2.1. Compared in constant time. */
function hasBearerToken({ headers }: IncomingMessage, token: string): boolean {
  const [scheme = '', given = '', ...rest] = (headers.authorization ?? '').split(' ')
  const isBearer = scheme.toLowerCase() === 'bearer' && rest.length === 0
  return timingSafeEqual(digest(given), digest(token)) && isBearer
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * Judged by the socket, and by every sign of a proxy on this machine: its headers, the name it was asked for, and HTTP/1.0,
 * which nginx speaks to the server behind it unless told otherwise.
 */
function isFromThisMachine({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const peer = socket.remoteAddress ?? ''
  if (!/^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$|^::1$/.test(peer) || httpVersion === '1.0') return false
  if (Object.keys(headers).some((name) => PROXY_HEADERS.test(name))) return false
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '')
}

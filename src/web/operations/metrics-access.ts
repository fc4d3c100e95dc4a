import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Headers that indicate a proxy on this machine, whose requests come from elsewhere. */
const PROXY_HEADERS =
  /^(x-forwarded(-.+)?|x-original-.+|x-envoy-.+|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|fly-client-ip|forwarded|via|cdn-loop|cf-.+)$/

/** Whether this request may read the metrics: with the token if one is set, otherwise from this machine only. */
export function mayReadMetrics(request: IncomingMessage, token: string | null): boolean {
  return token === null ? isFromThisMachine(request) : hasBearerToken(request, token)
}

/** RFC 6750 section 2.1. Constant-time comparison. */
function hasBearerToken({ headers }: IncomingMessage, token: string): boolean {
  const [scheme = '', given = '', ...rest] = (headers.authorization ?? '').split(' ')
  const isBearer = scheme.toLowerCase() === 'bearer' && rest.length === 0
  return timingSafeEqual(digest(given), digest(token)) && isBearer
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * Checks the socket, and every indication of a proxy on this machine: its headers, the requested host, and HTTP/1.0,
 * which is nginx's default towards upstreams.
 */
function isFromThisMachine({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const peer = socket.remoteAddress ?? ''
  if (!/^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$|^::1$/.test(peer) || httpVersion === '1.0') return false
  if (Object.keys(headers).some((name) => PROXY_HEADERS.test(name))) return false
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '')
}

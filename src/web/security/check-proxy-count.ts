import type { NextFunction, Request, Response } from 'express'
import type { Log } from '../../flow/ports/ports.ts'

/** Requested by monitoring on this machine, past any proxy. */
const DIRECT_PATHS = ['/healthz', '/readyz', '/metrics']

export interface ProxyWatch {
  readonly inspect: (request: Request, response: Response, next: NextFunction) => void
  /** A sentence with the fix if requests contradict TRUST_PROXY; null otherwise. */
  warning(): string | null
}

/**
 * Compares TRUST_PROXY with actual requests. If it is too high, clients can forge their address; if it is too low, all
 * clients count as one. Logs each problem once.
 */
export function createProxyWatch(trusted: number, log: Log): ProxyWatch {
  const seen = new Set<string>()
  const say = (sentence: string) => {
    if (seen.has(sentence)) return
    seen.add(sentence)
    log.warn({ trusted }, sentence)
  }
  return {
    inspect({ headers, path }, _response, next) {
      const forwarded = headers['x-forwarded-for']
      const hops = forwarded === undefined ? 0 : String(forwarded).split(',', 101).length
      if (hops < trusted) {
        if (!DIRECT_PATHS.includes(path)) say(tooFewProxies(trusted))
      } else if (trusted === 0 && hops > 0) say(UNTRUSTED)
      next()
    },
    warning: () => (seen.size === 0 ? null : [...seen].join(' ')),
  }
}

const UNTRUSTED =
  'Requests carry X-Forwarded-For but TRUST_PROXY is 0, so everybody behind that proxy counts as one client. Set TRUST_PROXY to the number of proxies in front; if there is none, ignore this.'

function tooFewProxies(trusted: number): string {
  return `A request passed through fewer proxies than TRUST_PROXY=${trusted}: clients that reach this port directly can forge their address. Let only the proxies reach it, or lower TRUST_PROXY.`
}

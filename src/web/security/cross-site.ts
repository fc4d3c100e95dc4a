import type { IncomingHttpHeaders } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import type { SiteSettings } from '../page/site.ts'

type OriginSettings = Pick<SiteSettings, 'publicUrl' | 'signUpOrigins'>

/** Cross-site requests that are allowed, and why. All exceptions are here. */
const EXCEPTIONS: readonly {
  readonly path: RegExp
  /** `origin` is null if it is missing or invalid. */
  readonly allows: (origin: string | null, settings: OriginSettings) => boolean
  readonly why: string
}[] = [
  {
    path: /^\/stop\/[^/]+$/,
    allows: () => true,
    why: 'One-click unsubscribe in an email client (RFC 8058): it comes from the provider, without a cookie; the signed link authorises it.',
  },
  {
    path: /^\/hooks\/[^/]+$/,
    allows: () => true,
    why: 'Reports of relays, which prove themselves by a signature or a password.',
  },
  {
    path: /^\/sign-up$/,
    allows: (origin, { signUpOrigins }) => origin !== null && signUpOrigins.includes(origin),
    why: 'The sign-up form on pages of SIGN_UP_ORIGINS.',
  },
]

/**
 * Rejects cross-site requests that could change something, with or without a cookie. Checks `Sec-Fetch-Site` (Fetch
 * Metadata), then `Origin` (RFC 6454), then `Referer`. Current browsers send at least one of them; JSON clients and
 * email clients send none.
 */
export function refuseCrossSite(settings: OriginSettings) {
  const own = new URL(settings.publicUrl.href)
  return (request: Request, _response: Response, next: NextFunction): void => {
    const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
    if (isSafe || isOwn(request.headers, own) || isExcepted(request, settings)) next()
    else next(new AppError('cross-site', phrase('errors.cross-site')))
  }
}

/** Whether the request comes from a page of this site, or from no page. `own` is PUBLIC_URL. */
export function isOwn(headers: IncomingHttpHeaders, own: URL): boolean {
  const { origin, referer, host } = headers
  const site = headers['sec-fetch-site']
  // Pages cannot forge this header. It also works behind proxies that change the host, and for opaque origins.
  if (site === 'same-origin') return true
  // `none` means that the user caused it, such as a form resubmitted when a session is restored.
  if (site !== undefined && site !== 'none') return false
  if (origin !== undefined) return isThisSite(readOrigin(origin), own, host)
  if (site !== undefined || referer === undefined) return true
  return isThisSite(URL.parse(referer), own, host)
}

/** A bare origin without path or user. Null for anything else. */
function readOrigin(text: string): URL | null {
  const url = URL.parse(text)
  const isPlain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isPlain && !text.endsWith('/') ? url : null
}

/**
 * Accepts the origin of PUBLIC_URL or of the requested host: a proxy may have changed the host, and people on the same
 * machine may use another name. An http page never counts as this site if it is on https.
 */
function isThisSite(url: URL | null, own: URL, host: string | undefined): boolean {
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  const named = nameOf(url)
  if (url.protocol === own.protocol && named === nameOf(own)) return true
  if (url.protocol === 'http:' && own.protocol === 'https:') return false
  const asked = host === undefined ? null : URL.parse(`${url.protocol}//${host}`)
  return asked !== null && asked.pathname === '/' && asked.username === '' && named === nameOf(asked)
}

/** Host and port. The URL parser normalises case and default ports; a trailing dot is the same name. */
function nameOf({ hostname, port, protocol }: URL): string {
  return `${hostname.replace(/\.$/, '')}:${port || (protocol === 'https:' ? '443' : '80')}`
}

function isExcepted(request: Request, settings: OriginSettings): boolean {
  const { origin } = request.headers
  const url = origin === undefined ? null : readOrigin(origin)
  return (
    request.method === 'POST' &&
    EXCEPTIONS.some(({ path, allows }) => path.test(request.path) && allows(url?.origin ?? null, settings))
  )
}

import type { IncomingHttpHeaders } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import { AppError } from '../../core/errors.ts'
import type { SiteSettings } from '../page/site.ts'

type OriginSettings = Pick<SiteSettings, 'publicUrl' | 'signUpOrigins'>

/** Requests that may come from other sites, and why. The only place where such an exception is made. */
const EXCEPTIONS: readonly {
  readonly path: RegExp
  /** `origin` is null where none was sent, or one that cannot be read. */
  readonly allows: (origin: string | null, settings: OriginSettings) => boolean
  readonly why: string
}[] = [
  {
    path: /^\/stop\/[^/]+$/,
    allows: () => true,
    why: 'One click in a mail program (RFC 8058): it comes from the provider, without a cookie; the link is the authority.',
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
 * Refuses what a page of another site makes a browser send: whatever may change something, whether or not a cookie comes
 * with it. `Sec-Fetch-Site` decides (Fetch Metadata), then `Origin` (RFC 6454), then `Referer`. A request without any of
 * them comes from no current browser: clients of the JSON sign-up, and mail programs, send none.
 */
export function refuseCrossSite(settings: OriginSettings) {
  const own = new URL(settings.publicUrl.href)
  return (request: Request, _response: Response, next: NextFunction): void => {
    const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
    if (isSafe || isOwn(request.headers, own) || isExcepted(request, settings)) next()
    else
      next(
        new AppError(
          'cross-site',
          'This request came from another site. Open the page here and press the button again.',
        ),
      )
  }
}

/** Whether the request comes from a page of this site, or from no page. `own` is PUBLIC_URL. */
export function isOwn(headers: IncomingHttpHeaders, own: URL): boolean {
  const { origin, referer, host } = headers
  const site = headers['sec-fetch-site']
  // No page can make a browser say this. It holds behind proxies that change the host, and for an opaque origin.
  if (site === 'same-origin') return true
  // `none` is a person's own doing: a form that the browser sends again after it was restored.
  if (site !== undefined && site !== 'none') return false
  if (origin !== undefined) return isThisSite(readOrigin(origin), own, host)
  if (site !== undefined || referer === undefined) return true
  return isThisSite(URL.parse(referer), own, host)
}

/** An origin and nothing more: no path, no user. Null for anything else. */
function readOrigin(text: string): URL | null {
  const url = URL.parse(text)
  const isPlain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isPlain && !text.endsWith('/') ? url : null
}

/**
 * The origin of PUBLIC_URL, or the host that was asked for: a proxy may have changed the one, and people on the same machine
 * may use another name. A plain page never speaks for a site that is on https.
 */
function isThisSite(url: URL | null, own: URL, host: string | undefined): boolean {
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  const named = nameOf(url)
  if (url.protocol === own.protocol && named === nameOf(own)) return true
  if (url.protocol === 'http:' && own.protocol === 'https:') return false
  const asked = host === undefined ? null : URL.parse(`${url.protocol}//${host}`)
  return asked !== null && asked.pathname === '/' && asked.username === '' && named === nameOf(asked)
}

/** Host and port as one: lower case and default ports are the parser's doing; a last dot means the same name. */
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

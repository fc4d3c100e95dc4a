import type { Request, Response } from 'express'
import { OPERATOR_SESSION_MAX_AGE } from '../../core/desk/operator-session.ts'
import type { Site } from '../page/site.ts'

/** Over https the browser itself refuses this name from other hosts and paths (RFC 6265bis section 4.1.3.2). */
function nameOf({ settings }: Site): string {
  return settings.publicUrl.secure ? '__Host-desk' : 'desk'
}

/** The session's secret from the cookie, or null. */
export function readDeskCookie(site: Site, request: Request): string | null {
  const wanted = nameOf(site)
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === wanted && value !== undefined && /^[\w-]{16,200}$/.test(value.trim())) return value.trim()
  }
  return null
}

export function writeDeskCookie(site: Site, response: Response, secret: string): void {
  response.cookie(nameOf(site), secret, { ...options(site), maxAge: OPERATOR_SESSION_MAX_AGE })
}

export function clearDeskCookie(site: Site, response: Response): void {
  response.clearCookie(nameOf(site), options(site))
}

/** The whole host, as `__Host-` asks. Strict: no page elsewhere can make a request with it. */
function options({ settings }: Site) {
  return { httpOnly: true, sameSite: 'strict', secure: settings.publicUrl.secure, path: '/' } as const
}

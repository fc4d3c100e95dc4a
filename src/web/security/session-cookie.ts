import type { Request, Response } from 'express'
import { SESSION_MAX_AGE } from '../../core/security/session.ts'
import type { Site } from '../page/site.ts'

/** Does not reveal what it is for. */
const NAME = 'notes'

/** The session's secret from the cookie, or null. */
export function readSession(request: Request): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === NAME && value !== undefined && /^[\w-]{16,200}$/.test(value.trim())) return value.trim()
  }
  return null
}

/**
 * Sets the cookie of a new session; null leaves it unchanged. Only for responses to a POST, so that link scanners leave
 * no session.
 */
export function writeSession(site: Site, response: Response, session: string | null): void {
  if (session !== null) response.cookie(NAME, session, { ...options(site), maxAge: SESSION_MAX_AGE })
}

export function clearSession(site: Site, response: Response): void {
  response.clearCookie(NAME, options(site))
}

function options(site: Site) {
  const { publicUrl } = site.settings
  return { httpOnly: true, sameSite: 'lax', secure: publicUrl.secure, path: publicUrl.path || '/' } as const
}

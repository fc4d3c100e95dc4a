import type { Request, Response } from 'express'
import { LIBRARY_PASS_AGE, SESSION_MAX_AGE } from '../../core/security/session.ts'
import type { Site } from '../page/site.ts'

/** The names do not reveal what the cookies are for. */
const SESSION = 'notes'
const LIBRARY_PASS = 'pages'

/** The session's secret from the cookie, or null. */
export function readSession(request: Request): string | null {
  return readCookie(request, SESSION)
}

/**
 * Sets the cookie of a new session; null leaves it unchanged. Only for responses to a POST, so that link scanners leave
 * no session.
 */
export function writeSession(site: Site, response: Response, session: string | null): void {
  if (session !== null) response.cookie(SESSION, session, { ...options(site), maxAge: SESSION_MAX_AGE })
}

/** The pass to the library from its cookie, or null. */
export function readLibraryPass(request: Request): string | null {
  return readCookie(request, LIBRARY_PASS)
}

/** Sets the cookie of the pass to the library; null leaves it unchanged. Only for responses to a POST. */
export function writeLibraryPass(site: Site, response: Response, pass: string | null): void {
  if (pass !== null) response.cookie(LIBRARY_PASS, pass, { ...options(site), maxAge: LIBRARY_PASS_AGE })
}

/** Deletes both cookies. */
export function clearSession(site: Site, response: Response): void {
  for (const name of [SESSION, LIBRARY_PASS]) response.clearCookie(name, options(site))
}

function readCookie(request: Request, wanted: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === wanted && value !== undefined && /^[\w-]{16,200}$/.test(value.trim())) return value.trim()
  }
  return null
}

function options(site: Site) {
  const { publicUrl } = site.settings
  return { httpOnly: true, sameSite: 'lax', secure: publicUrl.secure, path: publicUrl.path || '/' } as const
}

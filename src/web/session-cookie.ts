import type { Request, Response } from 'express'
import type { Site } from './site.ts'

/** Says nothing about what is kept under it. */
const NAME = 'notes'

/** Long enough for a course of a week or two to show on its last day what was written on its first. */
const KEPT_FOR = 21 * 24 * 3600 * 1000

/** The session's secret from the request's cookie, or null. */
export function readSession(request: Request): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === NAME && value !== undefined && /^[\w-]{16,200}$/.test(value.trim())) return value.trim()
  }
  return null
}

/** Only answers to a POST set it: a link opened by a scanner leaves nothing behind. */
export function writeSession(site: Site, response: Response, session: string): void {
  response.cookie(NAME, session, { ...options(site), maxAge: KEPT_FOR })
}

export function clearSession(site: Site, response: Response): void {
  response.clearCookie(NAME, options(site))
}

function options(site: Site) {
  const { publicUrl } = site.settings
  return { httpOnly: true, sameSite: 'lax', secure: publicUrl.secure, path: publicUrl.path || '/' } as const
}

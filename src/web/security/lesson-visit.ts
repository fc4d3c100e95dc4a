import type { Request } from 'express'
import { AppError } from '../../core/errors.ts'
import { findVisit, hasOwnSession, type LessonVisit } from '../../flow/enrolment/viewer.ts'
import { findOpenDay, type OpenDay } from '../../flow/exercise/find-open-day.ts'
import { type LessonLink, readLessonLink } from '../../flow/find-by-link.ts'
import type { Site } from '../page/site.ts'
import { readSession } from './session-cookie.ts'

const links = new WeakMap<Request, LessonLink>()
const visits = new WeakMap<Request, Promise<LessonVisit>>()

/**
 * What the lesson link of a request leads to, and for whom. Found once for each request, so that a page need not repeat what
 * the gate before it has done. Fails with `bad-link` or `gone`.
 */
export async function lessonVisitOf(site: Site, request: Request<{ token: string }>): Promise<LessonVisit> {
  const key = request as Request
  const visit = visits.get(key) ?? findVisit(site.ports, linkOf(site, key), readSession(key))
  visits.set(key, visit)
  return visit
}

/** The lesson or check-in behind it. Fails with `not-yet` too, where there is no exercise (yet). */
export async function openDayOf(site: Site, request: Request<{ token: string }>): Promise<OpenDay> {
  return findOpenDay(site.ports, await lessonVisitOf(site, request))
}

/**
 * Whether the request has an own session of the learner behind its lesson link. Asked before the body has arrived: a session
 * that ends meanwhile must not count afterwards, so of this only the link is remembered.
 */
export async function isOwnRequest(site: Site, request: Request): Promise<boolean> {
  const session = readSession(request)
  if (session === null) return false
  try {
    return await hasOwnSession(site.ports, linkOf(site, request), session)
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

function linkOf(site: Site, request: Request): LessonLink {
  const link = links.get(request) ?? readLessonLink(site.ports, String(request.params.token ?? ''))
  links.set(request, link)
  return link
}

import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { isFresh, type Session } from '../../core/security/session.ts'
import { findByLessonLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { findSession } from '../security/sessions.ts'
import { hasShortEmails } from './short-emails.ts'

/** Who looks at a page behind a lesson link. */
export interface Viewer {
  readonly session: Session | null
  /** Holds an own session: everything written may be read, and what is held back shows. */
  readonly isOwn: boolean
  /** An own session that is young enough for what cannot be taken back. */
  readonly isFresh: boolean
  /** The pages are open to them: with short emails to nobody without an own session. */
  readonly mayViewPages: boolean
}

/** `session` is the cookie's value, or null. */
export async function viewerOf(
  ports: Pick<Ports, 'clock' | 'store' | 'sealer'>,
  enrolment: Enrolment,
  session: string | null,
): Promise<Viewer> {
  const found = await findSession(ports, ports.store, enrolment.learnerId, session)
  const isOwn = found?.kind === 'own'
  return {
    session: found,
    isOwn,
    isFresh: found !== null && isFresh(found, ports.clock.now()),
    mayViewPages: isOwn || !(await hasShortEmails(ports, ports.store, enrolment)),
  }
}

/** What a lesson link leads to, and for whom. Fails with `bad-link` or `gone`. */
export async function findForViewer(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  token: string,
  session: string | null,
): Promise<{ enrolment: Enrolment; course: Course; day: number; viewer: Viewer }> {
  const found = await findByLessonLink(ports, token)
  return { ...found, viewer: await viewerOf(ports, found.enrolment, session) }
}

/** Whether this cookie holds an own session of the learner behind a lesson link; false for a link that opens nothing. */
export async function hasOwnSession(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  token: string,
  session: string | null,
): Promise<boolean> {
  if (session === null) return false
  try {
    const { enrolment } = await findByLessonLink(ports, token)
    return (await findSession(ports, ports.store, enrolment.learnerId, session))?.kind === 'own'
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

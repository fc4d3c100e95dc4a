import type { Course } from '../../core/course/course.ts'
import type { Enrolment } from '../../core/model.ts'
import { isFresh, type Session } from '../../core/security/session.ts'
import { findEnrolment, type LessonLink, readLessonLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { findSession } from '../security/sessions.ts'
import { hasShortEmails } from './short-emails.ts'

/** Who is viewing a page behind a lesson link. */
export interface Viewer {
  readonly session: Session | null
  /** Has an own session that reads everything written, and so sees the restrictions. */
  readonly isOwn: boolean
  /** Has an own session recent enough for actions that cannot be undone. */
  readonly isFresh: boolean
  /** Whether they may open the pages. With short emails, that takes an own session. */
  readonly mayViewPages: boolean
}

/** What a lesson link leads to, and who is visiting. */
export interface LessonVisit {
  readonly token: string
  readonly enrolment: Enrolment
  readonly course: Course
  readonly day: number
  readonly viewer: Viewer
}

type VisitPorts = Pick<Ports, 'store' | 'clock' | 'courses' | 'sealer'>

async function viewerOf(ports: VisitPorts, enrolment: Enrolment, session: string | null): Promise<Viewer> {
  const found = await findSession(ports, ports.store, enrolment.learnerId, session)
  const isOwn = found?.kind === 'own' && found.readsFrom === null
  return {
    session: found,
    isOwn,
    isFresh: found !== null && isFresh(found, ports.clock.now()),
    mayViewPages: found?.kind === 'own' || !(await hasShortEmails(ports, ports.store, enrolment)),
  }
}

/** Identifies the visitor of a verified link. `session` is the cookie's value, or null. Fails with `gone`. */
export async function findVisit(
  ports: VisitPorts,
  { token, enrolmentId, day }: LessonLink,
  session: string | null,
): Promise<LessonVisit> {
  const found = await findEnrolment(ports, enrolmentId)
  return { token, ...found, day, viewer: await viewerOf(ports, found.enrolment, session) }
}

/** Like findVisit, from the link's token. Fails with `bad-link` or `gone`. */
export async function findForViewer(
  ports: VisitPorts & Pick<Ports, 'keys'>,
  token: string,
  session: string | null,
): Promise<LessonVisit> {
  return findVisit(ports, readLessonLink(ports, token), session)
}

/** Whether this cookie belongs to an own session of the learner behind a link; false if the link is not valid. */
export async function hasOwnSession(
  ports: Pick<Ports, 'store' | 'clock'>,
  { enrolmentId }: LessonLink,
  session: string,
): Promise<boolean> {
  const enrolment = await ports.store.enrolments.byId(enrolmentId)
  if (enrolment === null) return false
  return (await findSession(ports, ports.store, enrolment.learnerId, session))?.kind === 'own'
}

import type { Course } from '../../core/course/course.ts'
import { readLibraryPass } from '../../core/security/library-pass.ts'
import { isOver } from '../../core/security/session.ts'
import { sessionHash } from '../../core/security/session-hash.ts'
import type { Ports } from '../ports/ports.ts'

/** What a browser has shown of itself: the values of its two cookies, or null. */
export interface LibraryReader {
  readonly session: string | null
  readonly pass: string | null
}

/**
 * Whether this browser may read all of a course's library: where it is for members, somebody who takes or took the course,
 * whatever has become of it, or who came from a page of a lesson. Changes nothing.
 */
export async function mayReadLibrary(
  ports: Pick<Ports, 'clock' | 'keys' | 'store'>,
  course: Pick<Course, 'name' | 'library'>,
  { session, pass }: LibraryReader,
): Promise<boolean> {
  if (course.library === 'open') return true
  const now = ports.clock.now()
  const enrolmentId = pass === null ? null : readLibraryPass(ports.keys, pass, now)
  // An enrolment that was deleted opens nothing, however long its pass would have lasted.
  const enrolment = enrolmentId === null ? null : await ports.store.enrolments.byId(enrolmentId)
  if (enrolment?.course === course.name) return true
  const found = session === null ? null : await ports.store.sessions.findInCourse(sessionHash(session), course.name)
  return found !== null && !isOver(found, now)
}

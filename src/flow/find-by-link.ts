import type { Course } from '../core/course/course.ts'
import { AppError } from '../core/errors.ts'
import type { Enrolment, SignUp } from '../core/model.ts'
import { LINKS } from '../core/security/links.ts'
import { phrase } from '../core/words.ts'
import { courseOfEnrolment, latestWithCourse } from './course-of-enrolment.ts'
import type { AddressChange } from './ports/address-ports.ts'
import type { Ports } from './ports/ports.ts'
import type { EmailedLink } from './ports/security-ports.ts'

/** The content of a verified lesson link. */
export interface LessonLink {
  readonly token: string
  readonly enrolmentId: number
  readonly day: number
}

/** Verifies a lesson link. Fails with `bad-link`. */
export function readLessonLink(ports: Pick<Ports, 'keys'>, token: string): LessonLink {
  const link = LINKS.lesson.read(ports.keys, token)
  if (link === null) throw badLink()
  return { token, ...link }
}

export async function findByLessonLink(
  ports: Pick<Ports, 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<{ enrolment: Enrolment; course: Course; day: number }> {
  const { enrolmentId, day } = readLessonLink(ports, token)
  return { ...(await findEnrolment(ports, enrolmentId)), day }
}

/** What a stop link refers to: an enrolment, or a sign-up that is not yet one. */
export type StopTarget =
  | { readonly kind: 'enrolment' | 'check-ins'; readonly enrolment: Enrolment; readonly course: Course }
  | { readonly kind: 'sign-up'; readonly signUp: SignUp; readonly course: Course }
  /** An address that was asked whether it is somebody's new one. */
  | {
      readonly kind: 'new-address'
      readonly change: AddressChange
      readonly learnerId: number
      readonly course: Course
    }

/** The learner whose emails a stop link is about. */
export function learnerOf(target: StopTarget): number {
  if (target.kind === 'new-address') return target.learnerId
  return target.kind === 'sign-up' ? target.signUp.learnerId : target.enrolment.learnerId
}

export async function findByStopLink(
  ports: Pick<Ports, 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<StopTarget> {
  // The numbers that mark a missing enrolment come first, so they are checked first.
  const declined = LINKS.decline.read(ports.keys, token)
  if (declined !== null) return findSignUp(ports, declined.signUpId)
  const asked = LINKS['decline-address'].read(ports.keys, token)
  if (asked !== null) return findNewAddress(ports, asked.changeId)
  const checkIns = LINKS['stop-check-ins'].read(ports.keys, token)
  if (checkIns !== null) return { kind: 'check-ins', ...(await findEnrolment(ports, checkIns.enrolmentId)) }
  const link = LINKS.stop.read(ports.keys, token)
  if (link === null) throw badLink()
  return { kind: 'enrolment', ...(await findEnrolment(ports, link.enrolmentId)) }
}

async function findNewAddress(ports: Pick<Ports, 'store' | 'courses'>, changeId: number): Promise<StopTarget> {
  const change = await ports.store.addressChanges.find(changeId)
  const latest = change && latestWithCourse(ports, await ports.store.enrolments.ofLearner(change.learnerId))
  if (!change || !latest) throw gone()
  // The address confirmed after this email was sent, so its stop link now means the course.
  if (change.changedAt !== null) return { kind: 'enrolment', ...latest }
  if (change.otherId === null) throw gone()
  return { kind: 'new-address', change, learnerId: change.otherId, course: latest.course }
}

async function findSignUp(ports: Pick<Ports, 'store' | 'courses'>, id: number): Promise<StopTarget> {
  const signUp = await ports.store.signUps.byId(id)
  const course = signUp && ports.courses.get(signUp.course, signUp.preferences.language)
  if (!signUp || !course) throw gone()
  // The sign-up was confirmed after this email was sent, so its stop link now means the course.
  if (signUp.enrolmentId !== null) return { kind: 'enrolment', ...(await findEnrolment(ports, signUp.enrolmentId)) }
  return { kind: 'sign-up', signUp, course }
}

/** What an emailed link opens. Such a link works once and for a limited time. */
export interface FoundLink {
  readonly enrolment: Enrolment
  readonly course: Course
  readonly deliveryId: number
  readonly link: EmailedLink
}

/**
 * Fails with `link-expired` if the link has expired, was used, or is not valid: in each case the person needs a new
 * one.
 */
export async function findByEmailedLink(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  purpose: 'read' | 'erase',
  token: string,
): Promise<FoundLink> {
  const signed = LINKS[purpose].read(ports.keys, token, ports.clock.now())
  if (signed === null) throw linkExpired()
  const { enrolmentId, deliveryId } = signed
  const found = await findEnrolment(ports, enrolmentId)
  const link = await ports.store.emailedLinks.find(deliveryId)
  if (link === null || link.isUsed || link.learnerId !== found.enrolment.learnerId) throw linkExpired()
  return { ...found, deliveryId, link }
}

/** The learner behind the link of a way back, which works once. Fails with `link-expired`. */
export async function findWayBack(
  ports: Pick<Ports, 'clock' | 'store' | 'keys'>,
  token: string,
): Promise<{ readonly learnerId: number; readonly deliveryId: number }> {
  const signed = LINKS.back.read(ports.keys, token, ports.clock.now())
  const link = signed && (await ports.store.emailedLinks.find(signed.deliveryId))
  if (link === null || link.isUsed || link.goal !== 'back' || link.learnerId !== signed?.learnerId) throw linkExpired()
  return signed
}

export function linkExpired(): AppError {
  return new AppError('link-expired', phrase('errors.link-used'))
}

export async function findEnrolment(
  ports: Pick<Ports, 'store' | 'courses'>,
  id: number,
): Promise<{ enrolment: Enrolment; course: Course }> {
  const enrolment = await ports.store.enrolments.byId(id)
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !course) throw gone()
  return { enrolment, course }
}

export function badLink(): AppError {
  return new AppError('bad-link', phrase('errors.bad-link'))
}

/** The link is signed correctly, but the learner was erased or the course folder was removed. */
function gone(): AppError {
  return new AppError('gone', phrase('errors.link-gone'))
}

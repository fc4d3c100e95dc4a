import type { Course } from '../core/course/course.ts'
import { AppError } from '../core/errors.ts'
import type { Enrolment, SignUp } from '../core/model.ts'
import { readLink, signLink } from '../core/security/link-token.ts'
import { EMAILED_LINK_MINUTES } from '../core/security/session.ts'
import type { EmailKind, Ports } from './ports/ports.ts'
import type { EmailedLink } from './ports/security-ports.ts'

/** The way to a day's page: lasts as long as the enrolment. */
export function lessonToken(ports: Pick<Ports, 'keys'>, enrolmentId: number, day: number): string {
  return signLink(ports.keys, 'lesson', [enrolmentId, day])
}

/** The way to stop an enrolment. */
export function stopToken(ports: Pick<Ports, 'keys'>, enrolmentId: number): string {
  return signLink(ports.keys, 'stop', [enrolmentId])
}

/** The way to stop the weekly check-ins alone. */
export function checkInsStopToken(ports: Pick<Ports, 'keys'>, enrolmentId: number): string {
  return signLink(ports.keys, 'stop', [enrolmentId, CHECK_INS])
}

/** The way for one browser to read everything the learner wrote. It belongs to the delivery that brings it. `expiresAt` is ms UTC. */
export function readingToken(
  ports: Pick<Ports, 'keys'>,
  enrolmentId: number,
  deliveryId: number,
  expiresAt: number,
): string {
  return signLink(ports.keys, 'read', [enrolmentId, deliveryId], expiresAt)
}

/** The second proof before everything of a learner is deleted; likewise. */
export function eraseToken(
  ports: Pick<Ports, 'keys'>,
  enrolmentId: number,
  deliveryId: number,
  expiresAt: number,
): string {
  return signLink(ports.keys, 'erase', [enrolmentId, deliveryId], expiresAt)
}

/** The way to see a mail as a page. `endsAt` (ms UTC) is that of the mail's own link; null where it has none. */
export function viewToken(
  ports: Pick<Ports, 'keys'>,
  deliveryId: number,
  kind: EmailKind,
  endsAt: number | null,
): string {
  return signLink(ports.keys, 'view', [deliveryId, VIEWED.indexOf(kind), ...(endsAt === null ? [] : [endsAt])])
}

/** Fails with `bad-link`. */
export function readViewToken(
  ports: Pick<Ports, 'keys'>,
  token: string,
): { id: number; kind: EmailKind; endsAt: number | null } {
  const [id, kind, endsAt] = readLink(ports.keys, 'view', token) ?? []
  const viewed = VIEWED[kind ?? -1]
  if (id === undefined || viewed === undefined) throw badLink()
  return { id, kind: viewed, endsAt: endsAt ?? null }
}

/** Their places are in links that lie in inboxes: new kinds go to the end. */
const VIEWED: readonly EmailKind[] = [
  'confirm',
  'already-active',
  'lesson',
  'closing',
  'check-in',
  'reading-link',
  'erase-link',
]

export const EMAILED_LINK_LIFETIME_MS = EMAILED_LINK_MINUTES * 60_000

/** The way to refuse a sign-up that somebody else may have made. */
export function declineToken(ports: Pick<Ports, 'keys'>, signUpId: number): string {
  return signLink(ports.keys, 'stop', [NO_ENROLMENT, signUpId])
}

const NO_ENROLMENT = 0
const CHECK_INS = 1

export async function findByLessonLink(
  ports: Pick<Ports, 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<{ enrolment: Enrolment; course: Course; day: number }> {
  const numbers = readLink(ports.keys, 'lesson', token)
  if (numbers?.length !== 2) throw badLink()
  const [enrolmentId, day] = numbers as [number, number]
  return { ...(await findEnrolment(ports, enrolmentId)), day }
}

/** What a stop link speaks of: an enrolment, or a sign-up that has not become one. */
export type StopTarget =
  | { readonly kind: 'enrolment' | 'check-ins'; readonly enrolment: Enrolment; readonly course: Course }
  | { readonly kind: 'sign-up'; readonly signUp: SignUp; readonly course: Course }

export async function findByStopLink(
  ports: Pick<Ports, 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<StopTarget> {
  const numbers = readLink(ports.keys, 'stop', token)
  if (numbers?.length === 1) return { kind: 'enrolment', ...(await findEnrolment(ports, numbers[0] as number)) }
  if (numbers?.length !== 2) throw badLink()
  if (numbers[0] !== NO_ENROLMENT) {
    if (numbers[1] !== CHECK_INS) throw badLink()
    return { kind: 'check-ins', ...(await findEnrolment(ports, numbers[0] as number)) }
  }
  const signUp = await ports.store.signUps.byId(numbers[1] as number)
  const course = signUp && ports.courses.get(signUp.course)
  if (!signUp || !course) throw gone()
  // Confirmed since the mail was sent: whoever presses stop in that mail means the course it led to.
  if (signUp.enrolmentId !== null) return { kind: 'enrolment', ...(await findEnrolment(ports, signUp.enrolmentId)) }
  return { kind: 'sign-up', signUp, course }
}

/** What a link of an email opens, which works once and for a while. */
export interface FoundLink {
  readonly enrolment: Enrolment
  readonly course: Course
  readonly deliveryId: number
  readonly link: EmailedLink
}

/** Fails with `link-expired` for a link that was right and has ended or was used, or was never one: all need a fresh one. */
export async function findByEmailedLink(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  purpose: 'read' | 'erase',
  token: string,
): Promise<FoundLink> {
  const numbers = readLink(ports.keys, purpose, token, ports.clock.now())
  if (numbers?.length !== 2) throw linkExpired()
  const [enrolmentId, deliveryId] = numbers as [number, number]
  const found = await findEnrolment(ports, enrolmentId)
  const link = await ports.store.emailedLinks.find(deliveryId)
  if (link === null || link.isUsed || link.learnerId !== found.enrolment.learnerId) throw linkExpired()
  return { ...found, deliveryId, link }
}

export function linkExpired(): AppError {
  return new AppError(
    'link-expired',
    'This link works once, and for ten minutes. Ask for a new one on one of your pages.',
  )
}

export async function findEnrolment(
  ports: Pick<Ports, 'store' | 'courses'>,
  id: number,
): Promise<{ enrolment: Enrolment; course: Course }> {
  const enrolment = await ports.store.enrolments.byId(id)
  const course = enrolment && ports.courses.get(enrolment.course)
  if (!enrolment || !course) throw gone()
  return { enrolment, course }
}

function badLink(): AppError {
  return new AppError('bad-link', 'This link is incomplete. Open it again from the email.')
}

/** A well-signed link with nothing behind it: the learner had everything deleted, or the course folder is gone. */
function gone(): AppError {
  return new AppError('gone', 'This link no longer leads anywhere.')
}

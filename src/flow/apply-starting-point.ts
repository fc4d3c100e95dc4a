import type { AssessmentAnswers } from '../core/assessment.ts'
import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import type { Enrolment } from '../core/model.ts'
import { scoreAssessment } from '../core/score-assessment.ts'
import {
  accessOf,
  answeredAgain,
  offOf,
  questionsDue,
  type StartingPoint,
  startingPointOf,
} from '../core/starting-point.ts'
import { findByLessonLink, stopToken } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import { noteStop } from './requested-mail.ts'
import { newSession, sessionHash } from './session-hash.ts'
import { keepStartingPoint, startingPointOfEnrolment } from './starting-point.ts'
import { stopCheckIns } from './stop.ts'
import type { Repositories } from './store-ports.ts'

export interface StartView {
  readonly course: Course
  readonly discreet: boolean
  readonly stopToken: string
  readonly state: Enrolment['state']
  /** Questions this browser may be asked again, alone. Never shown to whoever merely holds the link. */
  readonly due: readonly string[]
}

/** The self-assessment behind a lesson link. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewStart(ports: Ports, token: string, session: string | null): Promise<StartView> {
  const { enrolment, course } = await findByLessonLink(ports, token)
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment)
  const isOwn = session !== null && (await ports.store.sessions.isOpen(sessionHash(session), enrolment.learnerId))
  return {
    course,
    discreet: enrolment.discreet,
    stopToken: stopToken(ports, enrolment.id),
    state: enrolment.state,
    due: isOwn ? questionsDue(start, { now: ports.clock.now() }) : [],
  }
}

/**
 * Lets the answers shape what is still to come: track, overlays, and what is held back. The answers themselves are scored
 * and forgotten; days already sent stay as they were. A course that pauses stops like any course that is stopped.
 * Gives the session to set as the cookie: only the browser that answered is asked again.
 */
export async function applyStartingPoint(
  ports: Ports,
  token: string,
  session: string | null,
  answers: AssessmentAnswers,
): Promise<string> {
  const { enrolment, course } = await findByLessonLink(ports, token)
  const assessment = assessmentOf(ports, course)
  const result = scoreAssessment(assessment, answers)
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const before = await startingPointOfEnrolment(ports, unit, enrolment)
    // Only safety questions answered: nothing was said about the form of the course.
    const saysForm = result.track !== null || result.overlays.length > 0
    const variant = saysForm
      ? { track: result.track ?? before.variant.track, overlays: result.overlays }
      : before.variant
    const start = { ...startingPointOf(result, now, false), variant, planDay: before.planDay }
    const kept = result.mailable ? { ...start, plan: before.plan } : start
    await keepStartingPoint(ports, unit, enrolment, kept)
    await obey(ports, unit, enrolment, kept, now)
    if (session !== null && (await unit.sessions.isOpen(sessionHash(session), enrolment.learnerId))) return session
    const fresh = newSession(ports.randomBytes)
    await unit.sessions.open(sessionHash(fresh), enrolment.learnerId, now)
    return fresh
  })
}

/** One question answered again, by itself. Unanswered, or not said, what it holds back stays. */
export async function answerAgain(
  ports: Ports,
  token: string,
  question: string,
  answers: AssessmentAnswers,
): Promise<StartingPoint> {
  const { enrolment, course } = await findByLessonLink(ports, token)
  const assessment = assessmentOf(ports, course)
  const asked = assessment.questions.find(({ id }) => id === question)
  const given = answers[question]
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const before = await startingPointOfEnrolment(ports, unit, enrolment)
    if (!asked?.options.some(({ id }) => given === id || (Array.isArray(given) && given.includes(id)))) return before
    const result = scoreAssessment(assessment, { [question]: given ?? '' })
    const after = answeredAgain(before, question, startingPointOf(result, now, false))
    await keepStartingPoint(ports, unit, enrolment, after)
    await obey(ports, unit, enrolment, after, now)
    return after
  })
}

/** Letters that waited to be shared wait no more; a course that pauses sends nothing, like any that was stopped. */
async function obey(
  ports: Ports,
  unit: Repositories,
  { id, learnerId }: Enrolment,
  start: StartingPoint,
  now: number,
): Promise<void> {
  const off = offOf(start)
  if (off.includes('sharing') || off.includes('letters')) await unit.sharing.forget(id, null)
  if (accessOf(start) !== 'paused') return
  await noteStop(ports, unit, learnerId, now)
  await stopCheckIns(unit, id, now)
  if (await unit.enrolments.move(id, 'active', 'stopped', now)) await unit.deliveries.cancelEnrolment(id, now)
}

function assessmentOf(ports: Ports, course: Course) {
  const { assessment } = ports.courses.extrasOf(course.name)
  if (assessment === null) throw new AppError('not-found', 'There is no page at this address.')
  return assessment
}

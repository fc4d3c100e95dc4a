import { withRestrictions } from '../../core/assessment/starting-point.ts'
import type { Course } from '../../core/course/course.ts'
import { NEW_ROUND, nextOf } from '../../core/enrolment/enrolment-acts.ts'
import type { Delivery, Enrolment, SignUp } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { isDiscreetSignUp, recordReturn } from '../sending/requested-email.ts'
import { applyRestrictions } from './restrictions.ts'
import { resumeEnrolment } from './resume-enrolment.ts'
import { hasShortEmails, switchOnShortEmails } from './short-emails.ts'
import { keepStartingPoint, openStart, startingPointOfEnrolment } from './starting-point.ts'

/** `first`: the first email that is to come; null where none is. */
interface Enrolled {
  readonly enrolment: Enrolment
  readonly first: Delivery | null
}

/**
 * Confirms a sign-up, within the caller's transaction: a new round of the course, or a stopped one goes on with what was
 * chosen now. `isFirst`: this call did it; a repeat changes nothing.
 */
export async function confirmEnrolment(
  ports: Pick<Ports, 'clock' | 'calendar' | 'keys' | 'sealer'>,
  unit: Repositories,
  signUp: SignUp,
  course: Course,
  now: number,
): Promise<Enrolled & { isFirst: boolean }> {
  const latest = await unit.enrolments.latest(signUp.learnerId, course.name)
  const fresh = await unit.signUps.byId(signUp.id)
  const next = nextOf('confirm', latest?.state ?? 'pending')
  // Confirmed before, or active through another email's link: there is nothing left to do twice.
  if (latest && (fresh?.confirmedAt !== null || next === null)) {
    await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: latest.id })
    return { enrolment: latest, first: null, isFirst: false }
  }

  // Somebody else may have typed the form: what its person chose before is not written over.
  const preferences = { ...signUp.preferences, discreet: await isDiscreetSignUp(ports, unit, signUp) }
  const safe = { ...signUp, preferences }
  await recordReturn(ports, unit, signUp.learnerId)
  const enrolled =
    latest === null || next === NEW_ROUND
      ? await beginRound(ports, unit, safe, course, latest, now)
      : await enrolAgain(ports, unit, safe, latest, now)
  await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: enrolled.enrolment.id })
  await takeStartingPoint(ports, unit, signUp, latest, enrolled)
  return { ...enrolled, isFirst: true }
}

/**
 * Its plan goes with the first mail that is to come. What was held back before stays so: signing up anew takes no more than
 * a link from an email, and lifts nothing.
 */
async function takeStartingPoint(
  ports: Pick<Ports, 'clock' | 'keys' | 'sealer'>,
  unit: Repositories,
  signUp: SignUp,
  before: Enrolment | null,
  { enrolment, first }: Enrolled,
): Promise<void> {
  const stored = await unit.signUps.startingPoint(signUp.id)
  const start = await openStart(learnerSealer(ports, unit, signUp.learnerId), { signUp: signUp.id }, stored)
  const kept =
    before === null ? start : withRestrictions(start, (await startingPointOfEnrolment(ports, unit, before)).holds)
  await keepStartingPoint(ports, unit, enrolment, { ...kept, planDay: first?.day ?? null })
  if (before !== null && (await hasShortEmails(ports, unit, before))) await switchOnShortEmails(unit, enrolment.id)
  await applyRestrictions(ports, unit, enrolment, start)
}

async function enrolAgain(
  ports: Pick<Ports, 'clock' | 'calendar' | 'keys' | 'sealer'>,
  unit: Repositories,
  signUp: SignUp,
  stopped: Enrolment,
  now: number,
) {
  const { shortEmails, ...preferences } = signUp.preferences
  // Found out before the new choices stand, so that none of them switches it off.
  const short = (await hasShortEmails(ports, unit, stopped)) || shortEmails
  if (short) await switchOnShortEmails(unit, stopped.id)
  await unit.enrolments.setPreferences(stopped.id, preferences)
  const enrolment: Enrolment = { ...stopped, ...preferences, shortEmails: short, state: 'active' }
  return { enrolment, first: await resumeEnrolment(ports, unit, enrolment, now) }
}

async function beginRound(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  signUp: SignUp,
  course: Course,
  before: Enrolment | null,
  now: number,
) {
  // The check-ins of a course that starts anew would fall between its lessons.
  if (before) await unit.deliveries.cancelCheckIns(before.id, now)
  const enrolment = await unit.enrolments.add({
    ...signUp.preferences,
    learnerId: signUp.learnerId,
    course: course.name,
    now,
  })
  const lessons = await unit.deliveries.plan(
    course.lessons.map((lesson) => ({
      learnerId: signUp.learnerId,
      kind: 'lesson',
      enrolmentId: enrolment.id,
      signUpId: null,
      day: lesson.day,
      dueAt: ports.calendar.dueAt(enrolment, lesson.day),
    })),
    now,
  )
  return { enrolment, first: lessons.find(({ day }) => day === 1) ?? null }
}

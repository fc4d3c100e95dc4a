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

/** `first`: the next email to be sent; null if there is none. */
interface Enrolled {
  readonly enrolment: Enrolment
  readonly first: Delivery | null
}

/**
 * Confirms a sign-up, within the caller's transaction. Starts a new round of the course, or resumes a stopped one with
 * the new choices; `start-anew`: begins at the first day in any case. `isFirst`: this call confirmed it; a repeated call changes nothing.
 */
export async function confirmEnrolment(
  ports: Pick<Ports, 'clock' | 'calendar' | 'keys' | 'sealer'>,
  unit: Repositories,
  signUp: SignUp,
  course: Course,
  now: number,
  how: 'confirm' | 'start-anew' = 'confirm',
): Promise<Enrolled & { isFirst: boolean }> {
  const latest = await unit.enrolments.latest(signUp.learnerId, course.name)
  const fresh = await unit.signUps.byId(signUp.id)
  const next = nextOf(how, latest?.state ?? 'pending')
  // Already confirmed, or active through the link of another email: nothing is left to do.
  if (latest && (fresh?.confirmedAt !== null || next === null)) {
    await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: latest.id })
    return { enrolment: latest, first: null, isFirst: false }
  }

  // Someone else may have filled in the form, so it must not override a discreet setting chosen before.
  const preferences = { ...signUp.preferences, discreet: await isDiscreetSignUp(ports, unit, signUp) }
  const safe = { ...signUp, preferences }
  await recordReturn(ports, unit, signUp.learnerId)
  // A click in the new mailbox is what an undone change of address waits for.
  for (const { id } of await unit.addressChanges.undone(signUp.learnerId))
    await unit.addressChanges.confirmAgain(id, now)
  const enrolled =
    latest === null || next === NEW_ROUND
      ? await beginRound(ports, unit, safe, course, latest, now)
      : await enrolAgain(ports, unit, safe, latest, now)
  await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: enrolled.enrolment.id })
  await takeStartingPoint(ports, unit, signUp, latest, enrolled)
  return { ...enrolled, isFirst: true }
}

/**
 * The plan is sent with the next email. Existing restrictions stay, because signing up again takes nothing more than a
 * link from an email.
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
  // Checked before the new choices are saved, so that none of them can switch short emails off.
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
  // Check-ins of the previous round would be sent between the new lessons.
  if (before) await unit.deliveries.cancelCheckIns(before.id, now)
  const enrolment = await unit.enrolments.add({
    ...signUp.preferences,
    learnerId: signUp.learnerId,
    course: course.name,
    days: course.days,
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

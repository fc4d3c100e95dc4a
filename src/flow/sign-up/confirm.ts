import { withRestrictions } from '../../core/assessment/starting-point.ts'
import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Delivery, Enrolment, SignUp } from '../../core/model.ts'
import { paths } from '../../core/paths.ts'
import { CONFIRMATION_LINK_MS } from '../../core/retention.ts'
import { hashToken } from '../../core/security/confirmation-token.ts'
import { resume } from '../enrolment/restart.ts'
import { applyRestrictions } from '../enrolment/restrictions.ts'
import { hasShortEmails, switchOnShortEmails } from '../enrolment/short-emails.ts'
import { keepStartingPoint, openStart, startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import { viewWeek } from '../enrolment/view-week.ts'
import { lessonToken } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { openOwnSession } from '../security/sessions.ts'
import { isDiscreetSignUp, recordReturn } from '../sending/requested-email.ts'
import type { ConfirmationView, Confirmed, WeekView } from '../views.ts'

/** What the confirmation page shows. Changes nothing. Fails with `bad-link` or `link-expired`. */
export async function viewConfirmation(ports: Ports, token: string): Promise<ConfirmationView> {
  const { signUp, course } = await find(ports, token)
  const latest = await ports.store.enrolments.latest(signUp.learnerId, course.name)
  return {
    state: signUp.confirmedAt === null ? 'open' : 'confirmed',
    resumes: latest?.state === 'stopped',
    webOnly: signUp.preferences.webOnly,
    course,
    discreet: await isDiscreetSignUp(ports, ports.store, signUp),
  }
}

/**
 * Enrols: one transaction holds the consent record, the enrolment, a planned delivery for every day of the course, and the
 * own session of the browser that confirmed, unless the learner has a reading word. `before` is the value of the cookie it
 * came with. A second click changes nothing and opens no session. Fails with `bad-link` or `link-expired`.
 */
export async function confirm(ports: Ports, token: string, before: string | null): Promise<Confirmed> {
  const { signUp, course } = await find(ports, token)
  const now = ports.clock.now()

  const { enrolment, first, session } = await ports.store.transaction(async (unit) => {
    const enrolled = await enrolOnce(ports, unit, signUp, course, now)
    const opens = enrolled.isFirst && (await unit.learners.readingWord(signUp.learnerId)) === null
    const session = opens ? await openOwnSession(ports, unit, signUp.learnerId, before) : null
    return { ...enrolled, session }
  })

  const isFirstPress = first !== null
  const week = await viewWeek(ports, course, enrolment, { links: isFirstPress && enrolment.webOnly })
  // The first press only shows the way in: whoever finds the used link later learns nothing from it.
  return {
    course,
    begins: first !== null && first.day === 1 && first.dueAt <= now,
    discreet: enrolment.discreet,
    session,
    week: !isFirstPress ? withoutProgress(week) : enrolment.webOnly ? wayIn(ports, enrolment, week) : week,
  }
}

/** What was done on which day is for pages behind a lesson link alone. */
function withoutProgress(week: WeekView): WeekView {
  const days = week.days.map((day) => (day.state === 'done' ? { ...day, state: 'open' as const, effort: null } : day))
  return { ...week, days }
}

/** Who wants no mail has no other way in: the first day's page is named even before a worker opens it, a moment later. */
function wayIn(ports: Ports, enrolment: Enrolment, week: WeekView): WeekView {
  const days = week.days.map((day, index) =>
    index === 0 ? { ...day, path: paths.lesson(lessonToken(ports, enrolment.id, day.day)) } : day,
  )
  return { ...week, days }
}

async function find(ports: Ports, token: string): Promise<{ signUp: SignUp; course: Course }> {
  const signUp = await ports.store.signUps.byTokenHash(hashToken(token))
  const course = signUp && ports.courses.get(signUp.course)
  if (!signUp || !course)
    throw new AppError(
      'bad-link',
      'This link is incomplete or out of date. Open it again from the email, or sign up again.',
    )
  const isOver = signUp.declinedAt !== null || ports.clock.now() >= signUp.createdAt + CONFIRMATION_LINK_MS
  if (signUp.confirmedAt === null && isOver)
    throw new AppError('link-expired', "This link has expired. Sign up again and we'll send a new one.")
  return { signUp, course }
}

/** `first`: the first email that is to come; null where none is. */
interface Enrolled {
  readonly enrolment: Enrolment
  readonly first: Delivery | null
}

async function enrolOnce(
  ports: Ports,
  unit: Repositories,
  signUp: SignUp,
  course: Course,
  now: number,
): Promise<Enrolled & { isFirst: boolean }> {
  const latest = await unit.enrolments.latest(signUp.learnerId, course.name)
  const fresh = await unit.signUps.byId(signUp.id)
  // Confirmed before, or active through another mail's link: there is nothing left to do twice.
  if (latest && (fresh?.confirmedAt !== null || latest.state === 'active')) {
    await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: latest.id })
    return { enrolment: latest, first: null, isFirst: false }
  }

  // Somebody else may have typed the form: what its person chose before is not written over.
  const preferences = { ...signUp.preferences, discreet: await isDiscreetSignUp(ports, unit, signUp) }
  const safe = { ...signUp, preferences }
  await recordReturn(ports, unit, signUp.learnerId)
  const enrolled =
    latest?.state === 'stopped'
      ? await enrolAgain(ports, unit, safe, latest, now)
      : await enrolAnew(ports, unit, safe, course, latest, now)
  await unit.signUps.confirm(signUp.id, { now, how: 'button', enrolmentId: enrolled.enrolment.id })
  await takeStartingPoint(ports, unit, signUp, latest, enrolled)
  return { ...enrolled, isFirst: true }
}

/**
 * Its plan goes with the first mail that is to come. What was held back before stays so: signing up anew takes no more than
 * a link from an email, and lifts nothing.
 */
async function takeStartingPoint(
  ports: Ports,
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

async function enrolAgain(ports: Ports, unit: Repositories, signUp: SignUp, stopped: Enrolment, now: number) {
  const { shortEmails, ...preferences } = signUp.preferences
  // Found out before the new choices stand, so that none of them switches it off.
  const short = (await hasShortEmails(ports, unit, stopped)) || shortEmails
  if (short) await switchOnShortEmails(unit, stopped.id)
  await unit.enrolments.setPreferences(stopped.id, preferences)
  const enrolment: Enrolment = { ...stopped, ...preferences, shortEmails: short, state: 'active' }
  return { enrolment, first: await resume(ports, unit, enrolment, now) }
}

async function enrolAnew(
  ports: Ports,
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

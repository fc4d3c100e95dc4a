import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment, SignUp } from '../../core/model.ts'
import { CONFIRMATION_LINK_MS } from '../../core/retention.ts'
import { hashToken } from '../../core/security/confirmation-token.ts'
import { makeLink } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { confirmEnrolment } from '../enrolment/confirm-enrolment.ts'
import { viewWeek } from '../enrolment/view-week.ts'
import { type CoursesView, viewCourses } from '../learner/view-courses.ts'
import type { Ports } from '../ports/ports.ts'
import { ensureRecoveryCode } from '../security/recovery-code.ts'
import { limitOfLinks, openOwnSession } from '../security/sessions.ts'
import { isDiscreetSignUp } from '../sending/requested-email.ts'
import type { ConfirmationView, Confirmed, WeekView } from '../views.ts'

/** What the confirmation page shows. Changes nothing. Fails with `bad-link` or `link-expired`. */
export async function viewConfirmation(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  token: string,
): Promise<ConfirmationView> {
  const { signUp, course } = await find(ports, token)
  const latest = await ports.store.enrolments.latest(signUp.learnerId, course.name)
  const isConfirmed = signUp.confirmedAt !== null || latest?.state === 'active' || latest?.state === 'paused'
  return {
    state: isConfirmed ? 'confirmed' : 'open',
    former: isConfirmed ? null : (latest?.state ?? null),
    webOnly: signUp.preferences.webOnly,
    course,
    discreet: await isDiscreetSignUp(ports, ports.store, signUp),
  }
}

/**
 * The courses of whoever has this confirmation link, with what their lesson links show; of a link that was used, those
 * begun until then. Null for people who read on the
 * web only: their inbox leads nowhere, and they have a recovery code. Fails with `bad-link` or `link-expired`.
 */
export async function viewCoursesOfSignUp(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  token: string,
): Promise<CoursesView | null> {
  const { signUp } = await find(ports, token)
  const view = await viewCourses(ports, signUp.learnerId, { isOwn: false })
  // A link that was used may lie in a former mailbox, so it leads to nothing that was begun since.
  const until = signUp.confirmedAt === null ? null : signUp.enrolmentId
  const isShown = ({ id }: Enrolment) => until === null || id <= until
  const taken = (view?.taken ?? []).filter(({ enrolment }) => !enrolment.webOnly && isShown(enrolment))
  return view === null || taken.length === 0 ? null : { ...view, taken }
}

/**
 * Enrols: one transaction holds the consent record, the enrolment, a planned delivery for every day of the course, and the
 * own session of the browser that confirmed, unless the learner has a reading word. `before` is the value of the cookie it
 * came with. `how`: whoever stopped or finished goes on where they stopped, or starts anew. A second click changes nothing
 * and opens no session: null. Fails with `bad-link` or `link-expired`.
 */
export async function confirm(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer' | 'randomBytes'>,
  token: string,
  before: string | null,
  how: 'confirm' | 'start-anew' = 'confirm',
): Promise<Confirmed | null> {
  const { signUp, course } = await find(ports, token)
  const now = ports.clock.now()

  const { enrolment, first, isFirst, session, recoveryCode } = await ports.store.transaction(async (unit) => {
    const enrolled = await confirmEnrolment(ports, unit, signUp, course, now, how)
    const opens = enrolled.isFirst && (await unit.learners.readingWord(signUp.learnerId)) === null
    const session = opens ? await openOwnSession(ports, unit, signUp.learnerId, before) : null
    // A code opens everything, which links to a new address do not at first; later the settings show it.
    const isLimited = (await limitOfLinks(ports, unit, signUp.learnerId)) !== null
    const needsCode = enrolled.isFirst && enrolled.enrolment.webOnly && !isLimited
    const recoveryCode = needsCode ? await ensureRecoveryCode(ports, unit, signUp.learnerId) : null
    return { ...enrolled, session, recoveryCode }
  })
  if (!isFirst) return null

  const week = await viewWeek(ports, course, enrolment, { links: enrolment.webOnly })
  return {
    course,
    begins: first !== null && first.day === 1 && first.dueAt <= now,
    discreet: enrolment.discreet,
    session,
    recoveryCode,
    week: enrolment.webOnly && first?.day === 1 ? wayIn(ports, enrolment, week) : week,
  }
}

/**
 * Learners without email have no other way in, so the first day's page is named even though a worker opens it a moment
 * later.
 */
function wayIn(ports: Pick<Ports, 'keys'>, enrolment: Enrolment, week: WeekView): WeekView {
  const days = week.days.map((day, index) =>
    index === 0
      ? { ...day, path: makeLink(ports.keys, 'lesson', { enrolmentId: enrolment.id, day: day.day }).path }
      : day,
  )
  return { ...week, days }
}

async function find(
  ports: Pick<Ports, 'clock' | 'store' | 'courses'>,
  token: string,
): Promise<{ signUp: SignUp; course: Course }> {
  const signUp = await ports.store.signUps.byTokenHash(hashToken(token))
  const course = signUp && ports.courses.get(signUp.course, signUp.preferences.language)
  if (!signUp || !course) throw new AppError('bad-link', phrase('sign-up.link-bad'))
  const isOver = signUp.declinedAt !== null || ports.clock.now() >= signUp.createdAt + CONFIRMATION_LINK_MS
  if (signUp.confirmedAt === null && isOver) throw new AppError('link-expired', phrase('sign-up.link-expired'))
  return { signUp, course }
}

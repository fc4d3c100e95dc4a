import { goesOn } from '../../core/enrolment/enrolment-acts.ts'
import { COMMON_VARIANT, type Enrolment, isStillToCome } from '../../core/model.ts'
import { CONFIRMATION_LINK_MS } from '../../core/retention.ts'
import { startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import type { Ports } from '../ports/ports.ts'
import { isDiscreetSignUp } from '../sending/requested-email.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

/**
 * Chosen here rather than in the request, so that the response to a sign-up and its timing are the same for every
 * address.
 */
export async function chooseSignUpEmail(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>,
  { row, sealer }: ChoiceRequest<'sign-up'>,
): Promise<EmailContent<'confirm'> | EmailContent<'already-active'> | NoEmail> {
  const { store } = ports
  const now = ports.clock.now()
  const signUp = row.signUpId === null ? null : await store.signUps.byId(row.signUpId)
  const course = signUp && ports.courses.get(signUp.course, signUp.preferences.language)
  if (!signUp || !course) return noEmail('the course no longer exists')
  if (signUp.confirmedAt !== null) return noEmail('confirmed already')
  if (signUp.declinedAt !== null) return noEmail('declined')
  if (now >= signUp.createdAt + CONFIRMATION_LINK_MS) return noEmail('the link has expired')
  const discreet = await isDiscreetSignUp(ports, store, signUp)

  const enrolment = await store.enrolments.latest(row.learnerId, course.name)
  if (enrolment?.state === 'active') {
    const { variant } = await startingPointOfEnrolment(ports, store, enrolment, sealer)
    const { latestDay, nextLessonAt } = await findProgress(ports, enrolment)
    return {
      kind: 'already-active',
      course,
      day: null,
      variant,
      discreet: enrolment.discreet || discreet,
      name: enrolment.name,
      timeZone: enrolment.timeZone,
      open: { enrolmentId: enrolment.id, day: latestDay },
      stop: { enrolmentId: enrolment.id },
      nextLessonAt,
    }
  }
  return {
    kind: 'confirm',
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet,
    name: signUp.preferences.name,
    timeZone: signUp.preferences.timeZone,
    open: { nonce: signUp.nonce },
    stop: { signUpId: signUp.id },
    // A stopped course resumes at the learner's next sending hour; any other begins at once.
    nextLessonAt: goesOn('confirm', enrolment?.state ?? 'pending')
      ? ports.calendar.nextSendTime({ ...signUp.preferences, confirmedAt: now }, now)
      : null,
  }
}

/** The last day that was sent, or the first, and when the next one is due, ms UTC. */
async function findProgress(ports: Pick<Ports, 'store'>, { id }: Enrolment) {
  const deliveries = await ports.store.deliveries.ofEnrolment(id)
  const days = deliveries.filter(({ day }) => day !== null)
  return {
    latestDay: days.findLast(({ firstHandoverAt }) => firstHandoverAt !== null)?.day ?? 1,
    nextLessonAt: days.find(isStillToCome)?.dueAt ?? null,
  }
}

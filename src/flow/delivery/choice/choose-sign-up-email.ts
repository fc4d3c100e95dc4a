import { COMMON_VARIANT, type Delivery, type Enrolment, isStillToCome } from '../../../core/model.ts'
import { CONFIRMATION_LINK_MS } from '../../../core/retention.ts'
import { startingPointOfEnrolment } from '../../enrolment/starting-point.ts'
import type { Ports } from '../../ports/ports.ts'
import { isDiscreetSignUp } from '../../sending/requested-email.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

/**
 * Chosen here rather than in the request, so that the response to a sign-up and its timing are the same for every
 * address.
 */
export async function chooseSignUpEmail(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>,
  { row, sealer }: ChoiceRequest<'sign-up'>,
): Promise<EmailContent<'confirm' | 'already-active' | 'welcome-back'> | NoEmail> {
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
  // A second copy repeats the first, so it says what was true then; where that would be another email, none is sent.
  const at = row.firstHandoverAt ?? now
  if (at < now && enrolment && (await hasChangedSince(ports, enrolment, at)))
    return noEmail('the enrolment has changed')
  if (enrolment?.state === 'active' || enrolment?.state === 'paused') {
    const { variant } = await startingPointOfEnrolment(ports, store, enrolment, sealer)
    const { latestDay, nextLessonAt } = await findProgress(ports, enrolment, at)
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
      isPaused: isPausedAt(enrolment, at),
    }
  }
  return {
    // People who took the course before choose on the page how to continue.
    kind: enrolment === null ? 'confirm' : 'welcome-back',
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet,
    name: signUp.preferences.name,
    timeZone: signUp.preferences.timeZone,
    open: { nonce: signUp.nonce },
    stop: { signUpId: signUp.id },
    nextLessonAt: null,
  }
}

/** The last day that had been sent `at` this instant, or the first, and when the next one was due. Both ms UTC. */
async function findProgress(ports: Pick<Ports, 'store'>, { id }: Enrolment, at: number) {
  const days = (await ports.store.deliveries.ofEnrolment(id)).filter(({ day }) => day !== null)
  const wasSent = (row: Delivery) => (openedAt(row) ?? Number.POSITIVE_INFINITY) <= at
  return {
    latestDay: days.findLast(wasSent)?.day ?? 1,
    nextLessonAt: days.find((row) => isStillToCome(row) || (openedAt(row) ?? 0) > at)?.dueAt ?? null,
  }
}

/** After the end of a pause the next lesson comes as if there had been none. */
function isPausedAt({ pause }: Enrolment, at: number): boolean {
  return pause !== null && pause.since <= at && at < pause.until
}

/** When a day opened, ms UTC: with its email, or before on the page. Null while it is closed. */
function openedAt({ firstHandoverAt, settledAt }: Delivery): number | null {
  return firstHandoverAt === null ? null : Math.min(firstHandoverAt, settledAt ?? firstHandoverAt)
}

/** Whether the learner was enrolled, or the course ended, at this instant or later. */
async function hasChangedSince(ports: Pick<Ports, 'store'>, enrolment: Enrolment, at: number): Promise<boolean> {
  if (enrolment.confirmedAt >= at) return true
  if (enrolment.state === 'active' || enrolment.state === 'paused') return false
  const deliveries = await ports.store.deliveries.ofEnrolment(enrolment.id)
  return deliveries.some(({ firstHandoverAt }) => firstHandoverAt !== null && firstHandoverAt >= at)
}

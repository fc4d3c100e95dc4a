import type { AssessmentQuestion } from '../../core/assessment/assessment.ts'
import { PREFER_NOT } from '../../core/assessment/assessment.ts'
import { scoreAssessment } from '../../core/assessment/score-assessment.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { addRestrictions } from '../enrolment/restrictions.ts'
import type { Ports } from '../ports/ports.ts'
import type { RecheckResult, SharingView } from '../views.ts'
import type { OpenDay } from './find-open-day.ts'

/**
 * How long a letter has to rest before it can be printed or saved for someone else. Real hours, whatever the course's
 * clock.
 */
const SHARING_REST_MS = 24 * 3_600_000

/** How far a letter is from being shared. Changes nothing. Fails with `not-found` if the viewer may not share it. */
export async function viewSharing(ports: Pick<Ports, 'store' | 'clock'>, open: OpenDay): Promise<SharingView> {
  requireSharable(open)
  const { enrolment } = open
  const askedAt = await ports.store.sharing.askedAt(enrolment.id, open.day)
  const readyAt = askedAt === null ? null : askedAt + SHARING_REST_MS
  return {
    course: open.course,
    discreet: enrolment.discreet,
    day: open.day,
    token: open.token,
    state: readyAt === null ? 'ask' : ports.clock.now() < readyAt ? 'waiting' : 'ready',
    readyAt,
    timeZone: enrolment.timeZone,
    question: sharingQuestion(open),
    variant: open.variant,
  }
}

/**
 * Starts the waiting time, after the course's question before sharing. If the answer leads to a restriction, sharing is
 * disabled and the result of the answer is returned instead; the answer itself is not stored. Fails with `not-found` if
 * the viewer may not share the letter, and with `bad-input` without an answer.
 */
export async function requestSharing(
  ports: Pick<Ports, 'clock' | 'store' | 'keys' | 'sealer'>,
  open: OpenDay,
  answer: string,
): Promise<RecheckResult | null> {
  requireSharable(open)
  const { course, enrolment, token, resources } = open
  const question = sharingQuestion(open)
  if (question && resources.assessment) {
    const known = question.options.some(({ id }) => id === answer) || (question.preferNot && answer === PREFER_NOT)
    if (!known) throw new AppError('bad-input', phrase('exercise.choose-answer'))
    const result = scoreAssessment(resources.assessment, { [question.id]: answer })
    const recheck = { course, discreet: enrolment.discreet, token, result }
    // Without an answer, sharing is not known to be safe: the letter stays private, but no restriction is added.
    if (answer === PREFER_NOT) return recheck
    if (result.access !== 'open' || result.off.some((feature) => feature === 'sharing' || feature === 'letters')) {
      await ports.store.transaction((unit) => addRestrictions(ports, unit, enrolment, result))
      return recheck
    }
  }
  await ports.store.sharing.ask(enrolment.id, open.day, ports.clock.now())
  return null
}

/**
 * Cancels the request, so that a later one has to wait again. Fails with `not-found` if the viewer may not share the
 * letter.
 */
export async function cancelSharing(ports: Pick<Ports, 'store'>, open: OpenDay): Promise<void> {
  requireSharable(open)
  await ports.store.sharing.forget(open.enrolment.id, open.day)
}

/** The course's own question before sharing; null if it has none. */
export function sharingQuestion({ resources }: OpenDay): AssessmentQuestion | null {
  return resources.assessment?.questions.find(({ beforeSharing }) => beforeSharing) ?? null
}

/** Viewers who may not share the letter see the same page as for an address that does not exist. */
function requireSharable({ mayShare }: OpenDay): void {
  if (mayShare) return
  throw new AppError('not-found', phrase('errors.no-page'))
}

import type { AssessmentQuestion } from '../../core/assessment/assessment.ts'
import { PREFER_NOT } from '../../core/assessment/assessment.ts'
import { scoreAssessment } from '../../core/assessment/score-assessment.ts'
import { AppError } from '../../core/errors.ts'
import { addRestrictions } from '../enrolment/restrictions.ts'
import type { Ports } from '../ports/ports.ts'
import type { RecheckResult, SharingView } from '../views.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'

/** A letter rests this long before it can be printed or saved for someone else. Real hours, whatever the course's clock. */
export const SHARING_REST_MS = 24 * 3_600_000

/** Where a letter stands on its way to being shared. Changes nothing. Fails with `not-found` for whoever is not offered it. */
export async function viewSharing(ports: Ports, token: string, session: string | null): Promise<SharingView> {
  const open = await findSharable(ports, token, session)
  const askedAt = await ports.store.sharing.askedAt(open.enrolment.id, open.day)
  const readyAt = askedAt === null ? null : askedAt + SHARING_REST_MS
  return {
    course: open.course,
    discreet: open.enrolment.discreet,
    day: open.day,
    token,
    state: readyAt === null ? 'ask' : ports.clock.now() < readyAt ? 'waiting' : 'ready',
    readyAt,
    timeZone: open.enrolment.timeZone,
    question: questionOf(ports, open),
    variant: open.variant,
  }
}

/**
 * Starts the wait, after the course's question before sharing. Answered in a way that holds something back, sharing is off
 * and what the answer leads to comes back instead; the answer itself is not kept. Fails with `bad-input` when unanswered.
 */
export async function requestSharing(
  ports: Ports,
  token: string,
  session: string | null,
  answer: string,
): Promise<RecheckResult | null> {
  const open = await findSharable(ports, token, session)
  const question = questionOf(ports, open)
  const { assessment } = ports.courses.resourcesOf(open.course.name)
  if (question && assessment) {
    const known = question.options.some(({ id }) => id === answer) || (question.preferNot && answer === PREFER_NOT)
    if (!known) throw new AppError('bad-input', 'Please choose one answer first.')
    const answers = { [question.id]: answer }
    const result = scoreAssessment(assessment, answers)
    const recheck = { course: open.course, discreet: open.enrolment.discreet, token, result }
    // Not said is not safe: the letter stays private, and nothing is held back for it.
    if (answer === PREFER_NOT) return recheck
    if (result.access !== 'open' || result.off.some((feature) => feature === 'sharing' || feature === 'letters')) {
      await ports.store.transaction((unit) => addRestrictions(ports, unit, open.enrolment, result))
      return recheck
    }
  }
  await ports.store.sharing.ask(open.enrolment.id, open.day, ports.clock.now())
  return null
}

/** Takes the wish back: from then on it would wait anew. */
export async function cancelSharing(ports: Ports, token: string, session: string | null): Promise<void> {
  const open = await findSharable(ports, token, session)
  await ports.store.sharing.forget(open.enrolment.id, open.day)
}

/** A letter whose shared form exists for this learner; for anyone else the address does not exist, and looks so. */
async function findSharable(ports: Ports, token: string, session: string | null): Promise<OpenDay> {
  const open = await findOpenDay(ports, token, session)
  if (!open.mayShare)
    throw new AppError(
      'not-found',
      'There is no page at this address. The link may be incomplete. Try copying all of it.',
    )
  return open
}

function questionOf(ports: Ports, { course }: OpenDay): AssessmentQuestion | null {
  const { assessment } = ports.courses.resourcesOf(course.name)
  return assessment?.questions.find(({ beforeSharing }) => beforeSharing) ?? null
}

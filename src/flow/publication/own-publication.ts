import { AppError } from '../../core/errors.ts'
import { type Publication, publicationContext } from '../../core/publication/publication.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import type { Question } from '../../core/question/question.ts'
import { PROPOSAL_MS } from '../../core/retention.ts'
import { phrase } from '../../core/words.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { findOwnQuestion } from '../question/find-own-question.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { requireOwnSession } from '../security/sessions.ts'

/**
 * A question that this learner asked in this course. Fails with `not-fresh` or `not-yet` without an own session that reads
 * everything, before it looks for the question, and with `gone`.
 */
export async function requireOwnQuestion(
  unit: Pick<Repositories, 'questions'>,
  { viewer, enrolment }: LessonVisit,
  questionId: number,
): Promise<Question> {
  requireOwnSession(viewer.session)
  return findOwnQuestion(unit, enrolment, questionId)
}

/** The sealed texts of a publication; the learner's own words are null if they changed none. */
export async function openPublication(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  learnerId: number,
  { questionId, sealed, changed }: Publication,
): Promise<{ readonly proposed: PublicationText; readonly changed: PublicationText | null }> {
  const sealer = learnerSealer(ports, unit, learnerId)
  const open = async (of: 'author' | 'learner', bytes: Uint8Array) =>
    JSON.parse(await sealer.open(publicationContext(questionId, of), bytes)) as PublicationText
  return {
    proposed: await open('author', sealed),
    changed: changed === null ? null : await open('learner', changed),
  }
}

/** A proposal that is older is over. ms UTC. */
export function oldestOpenProposal({ clock }: Pick<Ports, 'clock'>): number {
  return clock.now() - PROPOSAL_MS
}

/** The text was changed, answered or taken back since the page was opened. */
export function proposalMoved(): AppError {
  return new AppError('not-yet', phrase('publication.moved'))
}

import { AppError } from '../../core/errors.ts'
import {
  isOpenProposal,
  type Publication,
  type PublicationState,
  publicationContext,
} from '../../core/publication/publication.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import type { Question } from '../../core/question/question.ts'
import { PROPOSAL_MS } from '../../core/retention.ts'
import { phrase } from '../../core/words.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { PublishedPlace } from '../ports/publication-ports.ts'
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

/** What its learner may know of the publishing of a question. */
export interface OwnPublication {
  readonly state: 'nothing' | PublicationState
  /** Of the text that is proposed; a yes names it. */
  readonly version: number
  /** The text that is proposed, in the learner's words if they changed it; or the one in the library. Null: there is none. */
  readonly text: PublicationText | null
  readonly isChanged: boolean
  /** When it was proposed, and until when a proposal waits for an answer, ms UTC. */
  readonly proposedAt: number
  readonly until: number
  /** Null: it is not in the library. */
  readonly place: PublishedPlace | null
}

/** The caller has checked that it is the learner who reads. Changes nothing. */
export async function readOwnPublication(
  ports: Pick<Ports, 'clock' | 'store' | 'sealer'>,
  { id, learnerId }: Pick<Question, 'id' | 'learnerId'>,
): Promise<OwnPublication> {
  const { store } = ports
  const publication = await store.publications.find(id)
  const place = await store.publishedQuestions.ofQuestion(id)
  if (publication === null)
    return { state: 'nothing', version: 0, text: null, isChanged: false, proposedAt: 0, until: 0, place }
  const isOpen = isOpenProposal(publication, ports.clock.now())
  const texts = isOpen ? await openPublication(ports, store, learnerId, publication) : null
  const { proposedAt, version } = publication
  return {
    // What nobody answered in time counts as declined before upkeep writes it down.
    state: publication.state === 'proposed' && !isOpen ? 'declined' : publication.state,
    text: texts?.changed ?? texts?.proposed ?? place?.text ?? null,
    isChanged: texts?.changed != null,
    ...{ version, proposedAt, until: proposedAt + PROPOSAL_MS, place },
  }
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

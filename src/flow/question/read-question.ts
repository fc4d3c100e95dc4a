import { isOpenProposal } from '../../core/publication/publication.ts'
import type { Question } from '../../core/question/question.ts'
import { nextQuestionState } from '../../core/question/question.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { requireOwnSession } from '../security/sessions.ts'
import { findOwnQuestion } from './find-own-question.ts'
import { type OpenedMessage, openMessages } from './sealed-messages.ts'

type ReadPorts = Pick<Ports, 'clock' | 'store' | 'sealer'>

/** A question as its learner sees it: what an author took for spam is closed. */
export interface OwnQuestion extends Pick<Question, 'id' | 'day' | 'askedAt' | 'answeredAt'> {
  readonly state: 'unconfirmed' | 'waiting' | 'answered' | 'closed'
  readonly messages: readonly OpenedMessage[]
  /** Whether the learner may add to it. */
  readonly mayWrite: boolean
  /** `asked`: the learner has yet to say whether it may be published. Null: neither. */
  readonly publishing: 'asked' | 'published' | null
}

/** The learner's questions of this course, last touched first. Fails with `not-fresh` or `not-yet` without an own session. */
export async function viewQuestions(
  ports: ReadPorts,
  { enrolment, viewer }: LessonVisit,
): Promise<readonly OwnQuestion[]> {
  requireOwnSession(viewer.session)
  const questions = (await ports.store.questions.ofLearner(enrolment.learnerId))
    .filter(({ course }) => course === enrolment.course)
    .toSorted((one, other) => other.touchedAt - one.touchedAt || other.id - one.id)
  return Promise.all(questions.map((question) => openOwnQuestion(ports, question)))
}

/** Fails with `not-fresh` or `not-yet` without an own session, and with `gone`. */
export async function viewQuestion(
  ports: ReadPorts,
  { enrolment, viewer }: LessonVisit,
  id: number,
): Promise<OwnQuestion> {
  requireOwnSession(viewer.session)
  return openOwnQuestion(ports, await findOwnQuestion(ports.store, enrolment, id))
}

/** The caller has checked that it is the learner who reads. */
export async function openOwnQuestion(ports: ReadPorts, question: Question): Promise<OwnQuestion> {
  const { id, day, askedAt, answeredAt, state } = question
  return {
    ...{ id, day, askedAt, answeredAt },
    state: state === 'spam' ? 'closed' : state,
    messages: await openMessages(ports, ports.store, question),
    mayWrite: nextQuestionState('write', question) !== null,
    publishing: await publishingOf(ports, id),
  }
}

async function publishingOf({ clock, store }: ReadPorts, questionId: number): Promise<OwnQuestion['publishing']> {
  const publication = await store.publications.find(questionId)
  if (publication === null) return null
  if (isOpenProposal(publication, clock.now())) return 'asked'
  return publication.state === 'accepted' ? 'published' : null
}

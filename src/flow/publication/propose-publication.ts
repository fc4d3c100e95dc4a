import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { findIdentifyingDetails, hasWord, type IdentifyingDetail } from '../../core/publication/identifying-details.ts'
import { canPropose, publicationContext } from '../../core/publication/publication.ts'
import { type PublicationText, readPublication } from '../../core/publication/publication-text.ts'
import { messageContext, type Question } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import { questionFor } from '../desk/questions/question-access.ts'
import { type RecordPorts, recordAct } from '../desk/record-act.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { currentRound } from '../question/current-round.ts'
import { hasStoppedSince } from '../question/has-stopped-since.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { findSurroundings, hasLibrary } from './authors-publication.ts'
import { proposalMoved } from './own-publication.ts'

export interface Proposal {
  readonly questionId: number
  readonly operatorId: number
  /** The version of the page with the form; 0 if nothing was proposed before. */
  readonly before: number
  readonly typed: Readonly<Record<string, unknown>>
  /** Whether the author looked at the warnings and means it. */
  readonly isSure: boolean
}

/** `look-again`: nothing was proposed yet, because the text may tell who the learner is. */
export type Proposed =
  | { readonly state: 'proposed' }
  | { readonly state: 'look-again'; readonly text: PublicationText; readonly details: readonly IdentifyingDetail[] }

/**
 * Proposes a text for the library to the learner who asked the question, with one email; a text that replaces one without
 * an answer sends no other. Fails with `not-found` for whoever does not answer for the course, with `bad-input` and its
 * fields, and with `not-yet` if the learner is not to be asked, or the text was changed meanwhile.
 */
export async function proposePublication(
  ports: RecordPorts & Pick<Ports, 'store' | 'courses'>,
  { questionId, operatorId, before, typed, isSure }: Proposal,
): Promise<Proposed> {
  const question = await findAnswered(ports.store, operatorId, questionId)
  const { resources, choices } = findSurroundings(ports, question.course)
  if (!hasLibrary(resources)) throw new AppError('not-yet', phrase('desk.publication.no-library'))
  const read = readPublication(typed, choices)
  if ('fields' in read) throw new AppError('bad-input', phrase('publication.look-again'), { fields: read.fields })
  const { text } = read
  const details = findIdentifyingDetails(text, await nameToLookFor(ports, question))
  if (details.length > 0 && !isSure) return { state: 'look-again', text, details }

  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    const { learnerId, enrolmentId, course } = await findAnswered(unit, operatorId, questionId)
    const enrolment = await currentRound(unit, enrolmentId)
    if (enrolment === null || hasStoppedSince(enrolment, await unit.questions.messages(questionId)))
      throw new AppError('not-yet', phrase('desk.publication.stopped'))
    const publication = await unit.publications.find(questionId)
    if (!canPropose(publication, now)) throw new AppError('not-yet', phrase('desk.publication.no-more'))
    const from = publication?.state ?? null
    const deliveryId = from === 'proposed' ? null : await planEmail(unit, enrolment, now)
    const sealed = await learnerSealer(ports, unit, learnerId).seal(
      publicationContext(questionId, 'author'),
      JSON.stringify(text),
    )
    const row = { questionId, before, from, sealed, deliveryId, now }
    if (!(await unit.publications.propose(row))) throw proposalMoved()
    await unit.questions.set(questionId, ['waiting', 'answered', 'closed'], { touchedAt: now })
    const act = 'propose-publication'
    await recordAct(ports, unit, { operatorId, act, learnerId, details: { question: questionId, course } })
  })
  return { state: 'proposed' }
}

async function findAnswered(
  unit: Pick<Repositories, 'answersFor' | 'questions'>,
  operatorId: number,
  questionId: number,
): Promise<Question> {
  const question = await questionFor(unit, operatorId, questionId)
  if (question.answeredAt === null || question.state === 'spam')
    throw new AppError('not-yet', phrase('desk.publication.no-answer'))
  return question
}

/**
 * The learner's first name, where looking for it tells the author nothing: they may see it, or the learner wrote it in the
 * question. Otherwise ''.
 */
async function nameToLookFor(ports: Pick<Ports, 'store' | 'sealer'>, question: Question): Promise<string> {
  const { id, learnerId, enrolmentId, allowsName } = question
  const name = (await ports.store.enrolments.byId(enrolmentId))?.name ?? ''
  if (allowsName || name === '') return name
  const sealer = learnerSealer(ports, ports.store, learnerId)
  for (const message of await ports.store.questions.messages(id)) {
    if (message.by === 'learner' && hasWord(await sealer.open(messageContext(message), message.sealed), name))
      return name
  }
  return ''
}

async function planEmail(
  unit: Pick<Repositories, 'deliveries'>,
  { learnerId, id: enrolmentId }: Pick<Enrolment, 'learnerId' | 'id'>,
  now: number,
): Promise<number | null> {
  const row = { learnerId, enrolmentId, kind: 'publication', signUpId: null, day: null, dueAt: now } as const
  return (await unit.deliveries.plan([row], now))[0]?.id ?? null
}

import { draftContext } from '../../../core/desk/answering.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { QuestionDraft } from '../../ports/answering-ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'
import { learnerSealer } from '../../security/learner-sealer.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { authorsOf } from './question-access.ts'

/** Who gets what somebody is assigned, by course: an operator, or null for nobody, so that it is back in the inbox. */
export type Heirs = ReadonlyMap<string, number | null>

/** What has to be handed over in one course. */
export interface Handover {
  readonly course: string
  readonly count: number
  /** Who else answers for the course. */
  readonly colleagues: readonly number[]
}

/** What an operator is assigned, in one course or in all. */
export async function viewHandover(
  store: Pick<Repositories, 'answersFor' | 'questionDuty'>,
  operatorId: number,
  course?: string,
): Promise<readonly Handover[]> {
  const assigned = (await store.questionDuty.countAssigned(operatorId)).filter(
    (one) => course === undefined || one.course === course,
  )
  const handovers: Handover[] = []
  for (const one of assigned) {
    const colleagues = (await authorsOf(store, one.course)).filter((id) => id !== operatorId)
    handovers.push({ ...one, colleagues })
  }
  return handovers
}

/**
 * Within the caller's transaction, before the grant ends: what an operator is assigned in one course goes to the heir with its
 * drafts, and what a colleague asked them to look at is withdrawn. `by`: who does it; null for somebody at the command line. Fails
 * with `bad-input` where nobody was chosen, or somebody who does not answer for the course.
 */
export async function handOver(
  ports: RecordPorts,
  unit: Repositories,
  by: number | null,
  { operatorId, course, heirs }: { readonly operatorId: number; readonly course: string; readonly heirs: Heirs },
): Promise<void> {
  const [handover] = await viewHandover(unit, operatorId, course)
  const heir = heirs.get(course) ?? null
  const isHeir = handover === undefined || heir === null || handover.colleagues.includes(heir)
  if (!isHeir || (handover !== undefined && !heirs.has(course)))
    throw new AppError('bad-input', phrase('desk.errors.no-heir'))
  const questions = await unit.questionDuty.handOver(operatorId, course, heir)
  await unit.questionNotes.withdraw(operatorId, course)
  for (const draft of await unit.questionDrafts.ofCourse(operatorId, course)) await passOn(ports, unit, draft, heir)
  if (questions === 0) return
  const details = { operator: operatorId, course, to: heir ?? 'nobody', questions }
  await recordAct(ports, unit, { operatorId: by, act: 'hand-over-questions', details })
}

/** A draft goes to the heir, unless they have one of their own. */
async function passOn(
  ports: RecordPorts,
  unit: Repositories,
  { questionId, operatorId, sealed, at }: QuestionDraft,
  heir: number | null,
): Promise<void> {
  const question = await unit.questions.byId(questionId)
  if (heir !== null && question !== null && (await unit.questionDrafts.of(questionId, heir)) === null) {
    const learner = learnerSealer(ports, unit, question.learnerId)
    const text = await learner.open(draftContext(questionId, operatorId), sealed)
    const resealed = await learner.seal(draftContext(questionId, heir), text)
    await unit.questionDrafts.save({ questionId, operatorId: heir, sealed: resealed, at })
  }
  await unit.questionDrafts.remove(questionId, operatorId)
}
